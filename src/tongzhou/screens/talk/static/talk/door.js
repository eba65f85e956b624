// Voice is offered only where this browser can do it.
"use strict";
(() => {
  const button = document.querySelector("[data-voice]");
  if (button && window.RTCPeerConnection && navigator.mediaDevices && window.EventSource) button.hidden = false;
})();
