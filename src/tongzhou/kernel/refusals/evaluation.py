"""Refusals: gaps, the situation on paper, feedback."""

from tongzhou.kernel.refusals.text import ErrorText

__all__ = ["ENTRIES"]

ENTRIES: dict[str, ErrorText] = {
    "feedback_handled": ErrorText(
        409,
        "这条意见已经有人处理过了",
        "somebody handled this feedback already",
        "请刷新页面，看处理的结果",
        "reload the page and look at the outcome",
    ),
    "pdf_busy": ErrorText(
        503,
        "正在做别的 PDF，一时排不上",
        "other PDFs are being made just now",
        "请过一分钟再试；也可以在浏览器里直接打印这一页",
        "try again in a minute, or print this page from the browser",
    ),
    "pdf_too_large": ErrorText(
        500,
        "这一页做成的 PDF 太大",
        "the PDF of this page became too large",
        "请在浏览器里直接打印这一页",
        "print this page from the browser",
    ),
}
