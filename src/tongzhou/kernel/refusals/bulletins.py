"""Refusals: bulletins, pages of the web, the directory of help."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "bulletin_returned": ErrorText(
        409,
        "这条信息退回给作者了，还没有回应",
        "this bulletin went back to its author and has not been answered",
        "请等作者改好、写了回应，再核实",
        "wait until its author has rewritten and answered it, then verify",
    ),
    "bulletin_same_person": ErrorText(
        409,
        "写的人不能自己核实或发布自己的话",
        "whoever wrote it may not verify or publish it",
        "请另一个有权限的人来做",
        "ask somebody else who may",
    ),
    "bulletin_state": ErrorText(
        409,
        "这条信息现在的状态不能这样做（{state}）",
        "this cannot be done to the bulletin as it stands ({state})",
        "请刷新页面，看它现在到了哪一步；已发布的只能更正或结束",
        "reload the page and see how far it is; what is published can only be corrected or ended",
    ),
    "correction_waits": ErrorText(
        409,
        "这条信息还有一处更正没有发布",
        "a correction of this bulletin is still waiting",
        "请先发布或放弃那一处，再写新的",
        "publish or drop that one first",
    ),
    "page_held": ErrorText(
        409,
        "这一页像是被篡改过，先由人看一眼",
        "this page looks defaced; a person has to look at it first",
        "请审稿人或发布人看过以后放行，并写明理由",
        "a reviewer or publisher looks at it and lets it through, saying why",
    ),
    "fetch_off": ErrorText(
        409,
        "这里没有打开“按网址取回”",
        "fetching pages by address is switched off here",
        "请在浏览器里另存网页，再上传；要打开，请管理员设置 TONGZHOU_FETCH_PAGES=1",
        "save the page in your browser and upload it; an administrator may set TONGZHOU_FETCH_PAGES=1",
    ),
    "fetch_failed": ErrorText(
        409,
        "没有取回这一页：{why}",
        "the page was not fetched: {why}",
        "请检查网址（只取 https，不取内网），或在浏览器里另存后上传",
        "check the address (https only, no private network), or save it in a browser and upload it",
    ),
    "directory_file": ErrorText(
        400,
        "这个文件不是能读懂的 HSDS 3 服务清单：{why}",
        "this file is no list of HSDS 3 services: {why}",
        "请给一个 JSON 文件：一个服务、服务的列表，或带 contents 的一页",
        "give a JSON file: one service, a list of services, or a page with `contents`",
    ),
}
