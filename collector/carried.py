"""Commands for offices without a line: identities and reports that travel in files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from agent.wire import seal
from collector.app import utc_now
from collector.i18n import bundle_words, format, translator
from collector.ingest.bundle import BUNDLE_SUFFIX, MAX_BUNDLE, RECEIPT_SUFFIX, Importer
from collector.ingest.master import load_or_create
from collector.ingest.policy import PolicyBook
from collector.opening import CommandError, open_ready, say
from collector.register import find_site
from collector.settings import Settings
from inventory.store.bundles import BundleResult
from inventory.store.offline import make_identity

DEFAULT_FILE = Path("gapwatch-enrolment.ini")
MAX_SERVERS = 8


def enrol_offline(settings: Settings, site_words: str, out: Path, servers: Sequence[str], ca: Path | None) -> None:
    """Writes an identity for one PC of a site into a file. Nothing is kept when the file cannot be written."""
    if not site_words.strip():
        raise CommandError("--site: còn trống; ghi số hoặc tên địa điểm (xem trang Địa điểm)")
    addresses = [item.strip().rstrip("/") for item in servers] or [settings.base_url]
    if len(addresses) > MAX_SERVERS or not all(item.startswith(("https://", "http://")) for item in addresses):
        raise CommandError(f"--server: ghi từ 1 đến {MAX_SERVERS} địa chỉ như https://gapwatch.tinh.gov.vn")
    pem = _certificate(ca) if ca else ""
    if out.exists():
        raise CommandError(f"--out: {out} đã có; mỗi máy một tệp, ghi tên khác")
    master = load_or_create(settings.master_key_path)
    store = open_ready(settings)
    written = False
    try:
        with store.session() as session:
            site = find_site(session, site_words)
            agent = make_identity(session, site, "cli", utc_now())
            key = seal.derive_key(master, agent.id, agent.key_generation)
            _write_private(out, _file_text(agent.id, key.hex(), agent.key_generation, site.name, addresses, pem))
            written = True
            name, agent_id = site.name, agent.id
    except ValueError:
        raise CommandError("địa điểm này được loại trừ theo quy định, không cài trạm thu thập") from None
    except BaseException:
        if written:  # the identity in it was not kept
            out.unlink(missing_ok=True)
        raise
    store.close()
    say(f"Địa điểm: {name}. Đã ghi {out} (mã máy {agent_id}); trong tệp có khóa, chỉ dùng cho một máy.")
    say(f"Chép tệp sang máy trạm rồi gõ: gapwatch-agent enrol --file {out.name}")
    say("Hoặc để tệp cạnh tệp thiết đặt gapwatch-agent.ini với tên gapwatch-enrolment.ini trước khi chạy dịch vụ.")
    say("Mất tệp: thu hồi ở trang Quản trị › Nhập từ USB.")


def import_bundles(settings: Settings, paths: Sequence[Path], receipts: Path | None) -> None:
    """Takes every bundle of the paths; one that is damaged does not stop the others."""
    files = [file for path in paths for file in _files(path)]
    if receipts is not None and not receipts.is_dir():
        raise CommandError(f"--receipts: không có thư mục {receipts}")
    store = open_ready(settings)
    importer = Importer(store, load_or_create(settings.master_key_path), PolicyBook(store), utc_now)
    results = [(file, importer.take(file.name, _read(file), "cli")) for file in files]
    store.close()
    for file, result in results:
        _say_result(result)
        if result.receipt:
            _write_receipt(result, file, receipts)
    refused = sum(result.status == "refused" for _, result in results)
    if refused:
        raise CommandError(f"{refused} trong {len(results)} tệp không nhận được; các tệp khác không bị ảnh hưởng")


def _say_result(result: BundleResult) -> None:
    _ = translator("vi")
    where = f" – {result.site_name}" if result.site_name else ""
    say(f"{result.file_name}{where}: {_(bundle_words.STATUSES[result.status])}.")
    if result.problem:
        title, remedy = bundle_words.problem(result.problem)
        say(f"  {_(title)}. {_(remedy)}")
    say(f"  nhận mới {result.accepted}, đã có từ trước {result.duplicates}, phần hỏng {result.bad_parts}")
    for reason, count in sorted(result.rejected.items()):
        say(f"  không nhận {count}: {_(bundle_words.reason(reason))}")
    if result.from_at is not None and result.to_at is not None:
        say(f"  báo cáo từ {format.moment(result.from_at)} đến {format.moment(result.to_at)}")
    if result.conflict:
        say(f"  CHÚ Ý: {_(bundle_words.CONFLICT)}")


def _write_receipt(result: BundleResult, file: Path, folder: Path | None) -> None:
    """Beside the bundle, or in the folder that was named. A stick that takes no writing is said, not fatal."""
    path = (folder or file.parent) / (file.name.removesuffix(BUNDLE_SUFFIX) + RECEIPT_SUFFIX)
    temporary = path.with_name(path.name + ".part")
    try:
        with open(temporary, "wb") as handle:
            handle.write(result.receipt)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        say(f"  không ghi được biên nhận {path} ({error.strerror}); thêm --receipts THƯ_MỤC rồi nhập lại")
        return
    say(f"  biên nhận: {path} – mang về máy đó và chạy: gapwatch-agent export THƯ_MỤC")


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(item for item in path.iterdir() if item.suffix == BUNDLE_SUFFIX and item.is_file())
        if not found:
            raise CommandError(f"{path}: không có tệp {BUNDLE_SUFFIX} nào trong thư mục này")
        return found
    if not path.is_file():
        raise CommandError(f"{path}: không có tệp này; kiểm tra USB và tên tệp")
    return [path]


def _read(file: Path) -> bytes:
    try:
        with open(file, "rb") as handle:
            return handle.read(MAX_BUNDLE + 1)
    except OSError as error:
        raise CommandError(f"{file}: không đọc được ({error.strerror}); kiểm tra USB") from None


def _certificate(path: Path) -> str:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"--ca: không đọc được {path} ({error})") from None
    if not text.startswith("-----BEGIN CERTIFICATE-----"):
        raise CommandError(f"--ca: {path} không phải chứng thư PEM")
    return text


def _file_text(agent_id: str, key: str, generation: int, site: str, servers: Sequence[str], pem: str) -> str:
    lines = [
        "# Tệp ghi danh của Gapwatch cho MỘT máy. Trong tệp có khóa: không gửi qua thư, không chép cho máy thứ hai.",
        "",
        "[agent]",
        "server = " + ", ".join(servers),
        "",
        "[enrolment]",
        f"agent_id = {agent_id}",
        f"key = {key}",
        f"key_generation = {generation}",
        "site_name = " + " ".join(site.split()),
    ]
    if pem:
        lines += ["ca_pem =", *("    " + line for line in pem.splitlines())]
    return "\n".join(lines) + "\n"


def _write_private(out: Path, text: str) -> None:
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CommandError(f"--out: không ghi được {out} ({error.strerror})") from None
