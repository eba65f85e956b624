"""What the doctor looks at. Each check gives findings: what is the matter, why it matters, what to do next."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tongzhou.cli.upkeep import desk
from tongzhou.cli.upkeep.finding import Finding, Level
from tongzhou.cli.upkeep.finding import find as _find
from tongzhou.cli.upkeep.finding import fine as _ok
from tongzhou.cli.upkeep.relay import examine_relay

__all__ = ["CHECKS", "Finding", "examine"]

#: Bytes of free disk below which a desk is in danger.
_DISK_BAD, _DISK_LOOK = 1 << 30, 5 << 30
_BACKUP_LOOK, _BACKUP_BAD = dt.timedelta(days=1), dt.timedelta(days=7)
_SEAL_LATE = dt.timedelta(minutes=15)
#: Versions of PostgreSQL that Django 5.2 speaks to.
_OLDEST_POSTGRES = 140000
_OLDEST_SQLITE = (3, 31, 0)
#: Database and this machine may disagree by so many seconds.
_SKEW_SECONDS = 5.0


def _python() -> Iterator[Finding]:
    version = platform.python_version()
    yield _ok("python", f"Python {version}", f"Python {version}")


def _disk() -> Iterator[Finding]:
    folder = desk.data_folder()
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:.1f} GB"
    level: Level = "bad" if free < _DISK_BAD else "look" if free < _DISK_LOOK else "ok"
    if level == "ok":
        yield _ok("disk", f"{folder} 所在磁盘还有 {said}", f"{said} left on the disk of {folder}")
    else:
        yield _find(
            level,
            "disk",
            (f"磁盘只剩 {said}", f"only {said} of disk left"),
            ("写满以后，求助就收不进来了", "when it is full, no plea can be taken in"),
            ("清理或扩大磁盘；旧备份移到别处", "free or add space; move old backups elsewhere"),
        )


def _permissions() -> Iterator[Finding]:
    from django.conf import settings

    keys = settings.ENVIRONMENT.secrets / "master.keys"
    for path in (keys, keys.parent / "session.key", keys.parent):
        mode = stat.S_IMODE(path.stat().st_mode)
        owner = path.stat().st_uid
        if mode & 0o077 or (os.name != "nt" and owner != os.geteuid()):
            yield _find(
                "bad",
                "keys",
                (f"{path} 别人也能读（{mode:o}）", f"others may read {path} ({mode:o})"),
                ("有了它就能读出所有联系方式", "whoever has it can read every contact"),
                (f"chmod go= {path}，由运行同舟的用户拥有", f"chmod go= {path}, owned by the user that runs Tongzhou"),
            )
            return
    yield _ok("keys", f"主密钥只有本用户能读（{keys}）", f"only this user may read the master keys ({keys})")


def _database() -> Iterator[Finding]:
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield _find(
            "bad",
            "database",
            (f"连不上数据库：{_first_line(error)}", f"the database does not answer: {_first_line(error)}"),
            ("没有数据库，什么也做不了", "nothing works without it"),
            (
                "检查 DATABASE_URL、数据库服务、网络和口令",
                "check DATABASE_URL, server, network and password",
            ),
        )
        return
    yield from _postgres(connection) if connection.vendor == "postgresql" else _sqlite(connection)
    yield from _schema()


def _first_line(error: Exception) -> str:
    from tongzhou.site.logging import masked

    return masked(str(error)).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__


def _postgres(connection: Any) -> Iterator[Finding]:
    version = connection.pg_version
    said = f"PostgreSQL {version // 10000}.{version % 10000}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()"
        )
        encoding, ctype = cursor.fetchone()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        skew = abs(float(cursor.fetchone()[0]) - dt.datetime.now(dt.UTC).timestamp())
    if version < _OLDEST_POSTGRES:
        yield _find(
            "bad",
            "database",
            (f"{said} 太旧", f"{said} is too old"),
            ("需要 14 或更新", "14 or newer is needed"),
            ("升级 PostgreSQL", "upgrade PostgreSQL"),
        )
    elif encoding != "UTF8" or ctype in ("C", "POSIX"):
        yield _find(
            "bad",
            "database",
            (f"{said}，编码 {encoding}，lc_ctype {ctype}", f"{said}, encoding {encoding}, lc_ctype {ctype}"),
            (
                "在这样的数据库里，中文的搜索和大小写会出错",
                "searching text goes wrong in such a database",
            ),
            (
                "CREATE DATABASE … ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0，再恢复备份",
                "CREATE DATABASE ... ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0, then restore a backup",
            ),
        )
    else:
        yield _ok("database", f"{said}，{encoding}，{ctype}", f"{said}, {encoding}, {ctype}")
    yield _clock(skew)


def _clock(skew: float) -> Finding:
    if skew <= _SKEW_SECONDS:
        return _ok("clock", f"时钟与数据库相差 {skew:.1f} 秒", f"clocks of machine and database differ by {skew:.1f} s")
    return _find(
        "bad",
        "clock",
        (f"时钟与数据库相差 {skew:.0f} 秒", f"clocks of machine and database differ by {skew:.0f} s"),
        ("先后、期限和登录验证码都会错", "order, deadlines and sign-in codes go wrong"),
        ("开启时间同步（如 systemd-timesyncd、chrony）", "switch time synchronisation on (systemd-timesyncd, chrony)"),
    )


def _sqlite(connection: Any) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        found = {}
        for pragma in ("journal_mode", "synchronous", "foreign_keys"):
            cursor.execute(f"PRAGMA {pragma}")
            found[pragma] = str(cursor.fetchone()[0])
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        yield _find(
            "bad",
            "database",
            (f"SQLite {sqlite3.sqlite_version}", f"SQLite {sqlite3.sqlite_version}"),
            ("需要 3.31 或更新", "3.31 or newer is needed"),
            ("换一个 Python", "use a newer Python"),
        )
    elif found != {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}:
        yield _find(
            "bad",
            "database",
            (f"SQLite 的方式不对：{found}", f"SQLite is not set as it must be: {found}"),
            ("断电会丢已经答应收到的求助", "a power cut could lose pleas that were acknowledged"),
            ("数据文件夹要在本机磁盘上，不能是网络盘", "keep the data folder on a local disk, not on a network share"),
        )
    else:
        yield _ok("database", f"SQLite {sqlite3.sqlite_version}，WAL", f"SQLite {sqlite3.sqlite_version}, WAL")
    file = Path(str(connection.settings_dict["NAME"]))
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield _find(
            "look",
            "database",
            (f"别人也能读 {file}", f"others may read {file}"),
            ("联系方式是加密的，别的内容不是", "contacts are encrypted, the rest is not"),
            (f"chmod go= {file.parent}", f"chmod go= {file.parent}"),
        )


def _schema() -> Iterator[Finding]:
    if newer := desk.unknown_migrations():
        yield _find(
            "bad",
            "schema",
            (f"数据库由更新的版本用过（{newer[0]}）", f"a newer version used this database ({newer[0]})"),
            ("旧版本会写坏它", "an older one would damage it"),
            ("换回那个版本", "go back to that version"),
        )
    elif missing := desk.pending_migrations():
        yield _find(
            "bad",
            "schema",
            (f"数据库缺 {len(missing)} 步更新", f"the database lacks {len(missing)} steps"),
            ("在此之前台面不会启动", "the desk does not start before"),
            ("./tongzhou migrate", "./tongzhou migrate"),
        )
    else:
        yield _ok("schema", "数据库结构是最新的", "the database is up to date")


def _time_zone() -> Iterator[Finding]:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo("Asia/Shanghai")
    except zoneinfo.ZoneInfoNotFoundError:
        yield _find(
            "bad",
            "time zone",
            ("没有时区数据", "there is no time zone data"),
            ("页面上的北京时间算不出来", "Beijing time on the pages cannot be worked out"),
            ("安装 tzdata", "install tzdata"),
        )
    else:
        yield _ok("time zone", "时区数据在", "time zone data is there")


def _fonts() -> Iterator[Finding]:
    found = ""
    if shutil.which("fc-list"):
        done = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
        found = done.stdout.strip().splitlines()[0] if done.stdout.strip() else ""
    if found:
        yield _ok("fonts", f"中文字体：{found}", f"Chinese font: {found}")
    else:
        yield _find(
            "look",
            "fonts",
            ("没有找到中文字体", "no Chinese font was found"),
            ("求助卡的图片里会是空格子", "pictures of cards would show empty boxes"),
            ("Debian：apt-get install fontconfig fonts-noto-cjk", "Debian: apt-get install fontconfig fonts-noto-cjk"),
        )


def _documents() -> Iterator[Finding]:
    try:
        import weasyprint
    except (ImportError, OSError):
        yield _find(
            "look",
            "pdf",
            ("做不了 PDF：缺少 Pango", "no PDF can be made: Pango is not there"),
            ("简报只能用浏览器打印", "the situation sheet can only be printed from a browser"),
            (
                "Debian：apt-get install libpango-1.0-0 libpangoft2-1.0-0",
                "Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0",
            ),
        )
    else:
        yield _ok("pdf", f"能做 PDF（WeasyPrint {weasyprint.__version__}）", f"makes PDF ({weasyprint.__version__})")


def _map_number() -> Iterator[Finding]:
    if os.environ.get("TONGZHOU_MAP_REVIEW", "").strip():
        yield _ok(
            "map", f"审图号：{os.environ['TONGZHOU_MAP_REVIEW']}", f"map review: {os.environ['TONGZHOU_MAP_REVIEW']}"
        )
    elif os.environ.get("TONGZHOU_MAP", "").strip():
        yield _find(
            "bad",
            "map",
            ("用了自己的地图，没有审图号", "a map of your own is set, without its review number"),
            ("公开的地图必须标明审图号", "public maps must show the number of their review"),
            ("设 TONGZHOU_MAP_REVIEW", "set TONGZHOU_MAP_REVIEW"),
        )
    else:
        yield _ok("map", "没有地图边界，用格子图，不需要审图号", "no boundaries are shown: no map review is needed")


def _reach() -> Iterator[Finding]:
    from django.conf import settings

    outside = [host for host in settings.ALLOWED_HOSTS if host not in ("localhost", "127.0.0.1", "[::1]")]
    said = ", ".join(settings.ALLOWED_HOSTS)
    if "*" in settings.ALLOWED_HOSTS:
        yield _find(
            "bad",
            "hosts",
            ("TONGZHOU_HOSTS 是 *", "TONGZHOU_HOSTS is *"),
            ("别人可以用假的域名骗出密码链接", "a false host name could lure out password links"),
            ("写出真正的域名", "write the real host names"),
        )
    else:
        yield _ok("hosts", f"应答的主机名：{said}", f"answers to: {said}")
    if settings.DEBUG:
        yield _find(
            "bad",
            "debug",
            ("TONGZHOU_DEBUG=1", "TONGZHOU_DEBUG=1"),
            ("出错的页面会露出内部细节", "pages of errors would show what is inside"),
            ("去掉它", "unset it"),
        )
    yield from _tls(bool(outside))


def _tls(outside: bool) -> Iterator[Finding]:
    from django.conf import settings

    certificate = desk.data_folder() / "tls" / "certificate.pem"
    if settings.SESSION_COOKIE_SECURE or not outside:
        yield _ok("tls", "https" if outside else "只在本机", "https" if outside else "this machine only")
    else:
        yield _find(
            "bad",
            "tls",
            ("别的机器能访问，却没有 https", "others reach it, without https"),
            ("密码和联系方式会被同一网络里的人看到", "passwords and contacts can be read by anybody on the way"),
            (
                "设 TONGZHOU_TLS=1 并用反向代理，或 serve --tls",
                "TONGZHOU_TLS=1 behind a reverse proxy, or serve --tls",
            ),
        )
    if certificate.exists():
        from cryptography import x509

        ends = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
        if ends - dt.datetime.now(dt.UTC) < dt.timedelta(days=14):
            yield _find(
                "look",
                "tls",
                (f"证书到 {ends:%Y-%m-%d} 为止", f"the certificate ends on {ends:%Y-%m-%d}"),
                ("到期后浏览器会拒绝打开", "browsers refuse it afterwards"),
                ("重新启动 serve --tls", "start serve --tls anew"),
            )


def _backups() -> Iterator[Finding]:
    folder = desk.data_folder() / "backups"
    files = sorted(folder.glob("tongzhou-*.tar.gz.age"), key=lambda path: path.stat().st_mtime)
    if not files:
        yield _find(
            "look",
            "backup",
            ("还没有备份", "there is no backup yet"),
            ("磁盘坏了，什么都没有了", "a broken disk would take everything"),
            ("./tongzhou backup --to age1…，并每天自动运行", "./tongzhou backup --to age1..., every day by itself"),
        )
        return
    age = dt.timedelta(seconds=dt.datetime.now(dt.UTC).timestamp() - files[-1].stat().st_mtime)
    hours = age.total_seconds() / 3600
    if age < _BACKUP_LOOK:
        yield _ok("backup", f"最近的备份在 {hours:.0f} 小时前", f"the last backup is {hours:.0f} hours old")
    else:
        yield _find(
            "bad" if age > _BACKUP_BAD else "look",
            "backup",
            (f"最近的备份在 {hours / 24:.0f} 天前", f"the last backup is {hours / 24:.0f} days old"),
            ("这之后的一切都可能丢失", "everything since could be lost"),
            ("看看定时任务为什么没有运行", "see why the timed backup does not run"),
        )


def _seals() -> Iterator[Finding]:
    from django.db import DatabaseError

    from tongzhou.kernel import clock
    from tongzhou.kernel.models import AuditEntry

    try:
        late = AuditEntry.objects.filter(seal=None, at__lt=clock.now() - _SEAL_LATE).count()
        waiting = AuditEntry.objects.filter(seal=None).count()
    except DatabaseError:
        return  # the checks of the database say what is wrong with it
    if late:
        yield _find(
            "look",
            "audit",
            (f"{late} 行记录还没有封存", f"{late} rows of the trail are not sealed"),
            ("没有封存的行，被人删掉看不出来", "a row that is not sealed could be removed unnoticed"),
            ("定时任务没有运行：启动 ./tongzhou serve", "the ticker does not run: start ./tongzhou serve"),
        )
    else:
        yield _ok("audit", f"操作记录已封存（{waiting} 行等待）", f"the trail is sealed ({waiting} rows wait)")


def _erased() -> Iterator[Finding]:
    from django.db import DatabaseError

    from tongzhou.kernel import erasures

    rows, spoilt = erasures.read(erasures.list_file())
    try:
        back = sum(len(pks) for _model, pks in erasures.readable())
    except DatabaseError:
        return  # the checks of the database say what is wrong with it
    if back:
        yield _find(
            "bad",
            "erased",
            (f"已销毁的联系方式里有 {back} 条又能读了", f"{back} destroyed contacts can be read again"),
            ("旧的数据库没有用 restore 放回；当事人得到过销毁的承诺", "an older database came back without restore"),
            (
                "启动 ./tongzhou serve，定时任务会照名单重新销毁",
                "start ./tongzhou serve: the ticker destroys them again",
            ),
        )
    elif spoilt:
        yield _find(
            "look",
            "erased",
            (f"销毁名单里有 {spoilt} 行读不懂", f"{spoilt} lines of the list of erasures cannot be read"),
            ("恢复旧备份时，这几条可能不会重新销毁", "these may not be destroyed again after a restore"),
            (
                f"从备份旁边的 {erasures.NAME} 补回 {erasures.list_file()}",
                f"put them back into {erasures.list_file()} from the {erasures.NAME} beside the backups",
            ),
        )
    else:
        yield _ok(
            "erased", f"名单上已销毁的 {len(rows)} 条都读不出来", f"none of {len(rows)} destroyed rows can be read"
        )


def _demo() -> Iterator[Finding]:
    from django.conf import settings

    if settings.TONGZHOU_DEMO or desk.is_demo_folder(desk.data_folder()):
        yield _find(
            "bad",
            "demo",
            ("这是演示的设置或数据文件夹", "these are the settings or the folder of the demo"),
            ("演示里谁都能扮演任何角色", "in the demo anybody plays any role"),
            ("另设 TONGZHOU_DATA，去掉 TONGZHOU_DEMO", "set another TONGZHOU_DATA, unset TONGZHOU_DEMO"),
        )


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _python,
    _disk,
    _time_zone,
    _fonts,
    _documents,
    _permissions,
    _database,
    _seals,
    _erased,
    _reach,
    examine_relay,
    _map_number,
    _backups,
    _demo,
)


def examine() -> Iterator[Finding]:
    """Every finding, in order; a check that breaks is a finding itself."""
    for check in CHECKS:
        try:
            yield from check()
        except Exception as error:  # the doctor must get to the end
            name = check.__name__.strip("_")
            yield _find(
                "bad",
                name,
                (f"检查时出错：{_first_line(error)}", f"this check broke: {_first_line(error)}"),
                ("不知道这一项是否正常", "whether all is well here is not known"),
                ("请把这一行报告给我们", "please report this line"),
            )
