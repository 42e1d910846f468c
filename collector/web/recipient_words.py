"""Words of the page of recipients, and of what can be wrong with one (texts of inventory.domain.recipient)."""

from __future__ import annotations

from collector.i18n import N_, Translate
from inventory.domain.problem import BadValue

SCOPE_WORDS = {"unit": N_("xã, phường"), "area": N_("khu vực"), "province": N_("toàn tỉnh")}
SALUTATION_WORDS = {"dong_chi": N_("Đồng chí"), "ong": N_("Ông"), "ba": N_("Bà")}

PROBLEMS = (
    N_("chưa có địa chỉ thư"),
    N_("ghi như chutich.vinhson@gialai.gov.vn"),
    N_("có dấu cách, xuống dòng hoặc ký tự điều khiển"),
    N_("ghi liền một địa chỉ"),
    N_("có chữ có dấu"),
    N_("ghi địa chỉ bằng chữ không dấu"),
    N_("có nhiều địa chỉ hoặc dấu , ; < >"),
    N_("mỗi dòng chỉ ghi một địa chỉ, không kèm tên"),
    N_('thiếu phần trước hoặc dấu "@"'),
    N_("quá dài"),
    N_("kiểm tra lại địa chỉ"),
    N_('phần trước dấu "@" không hợp lệ: {local}'),
    N_("tên miền không hợp lệ: {domain}"),
    N_("ghi như gialai.gov.vn"),
    N_("chưa ghi chức danh hoặc họ tên"),
    N_("ghi như Chủ tịch UBND xã"),
    N_("sớm hơn ngày bắt đầu"),
    N_("sửa một trong hai ngày"),
    N_("phạm vi này đã có địa chỉ đó trong thời gian ấy"),
    N_("sửa dòng đã có, hoặc ghi ngày kết thúc cho dòng đó"),
    N_("không phải tỉnh của hệ thống này"),
    N_("để trống, hoặc ghi {id}"),
    N_("không có khu vực {id}"),
    N_("ghi đúng tên hoặc số của khu vực"),
    N_("không có xã, phường mã {id}"),
    N_("ghi mã như x21787.2"),
    N_("không có loại phạm vi {kind}"),
    N_("chọn unit, area hoặc province"),
    N_("có xuống dòng hoặc ký tự điều khiển"),
    N_("ghi trên một dòng"),
    N_("dài quá {limit} ký tự"),
    N_("rút gọn"),
    N_("{text} không phải là ngày"),
    N_("ghi như 30/06/2026"),
    N_("{value} không dùng được"),
    N_("chọn {allowed}"),
    N_("tài khoản này không quản lý phạm vi đó"),
    N_("chọn phạm vi khác"),
    N_("không phải UTF-8"),
    N_("lưu tệp dạng CSV UTF-8"),
    N_("dòng đầu không đúng"),
    N_("ghi dòng đầu là {columns}"),
    N_("dấu ngoặc kép sai ({error})"),
    N_("đóng ngoặc kép"),
    N_("có {found} ô, cần {wanted} ô"),
    N_("thêm hoặc bớt dấu phẩy"),
    N_("tệp quá dài"),
    N_("chia thành nhiều tệp"),
)


def said(problem: BadValue, translate: Translate) -> str:
    """What is wrong and the remedy, without the place: that is where it is shown."""
    parts = [translate(part).format(**problem.params) for part in (problem.problem, problem.remedy) if part]
    return "; ".join(parts) + "."
