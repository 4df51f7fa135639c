"""Writes public/examples/household-visit.xlsx, the XLSForm offered to whoever has no form yet. Needs openpyxl."""
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

SURVEY = [
    ("type", "name", "label::中文 (zh)", "label::English (en)", "hint::中文 (zh)", "hint::English (en)", "required", "constraint", "constraint_message::中文 (zh)", "constraint_message::English (en)", "relevant", "appearance", "parameters"),
    ("today", "today", "", "", "", "", "", "", "", "", "", "", ""),
    ("text", "head_name", "户主姓名", "Head of household", "与户口簿一致", "As in the household register", "yes", "", "", "", "", "", ""),
    ("text", "contact_phone", "联系电话", "Phone", "", "", "yes", "regex(., '^1[0-9]{10}$')", "请填写 11 位手机号", "A mobile number has 11 digits", "", "numbers", ""),
    ("integer", "member_count", "家庭人数", "Members", "", "", "yes", ". >= 1 and . <= 20", "1 到 20 人", "1 to 20", "", "", ""),
    ("select_multiple care", "care", "需要的帮助", "Help needed", "可多选", "More than one is possible", "", "", "", "", "", "", ""),
    ("text", "care_other", "其他帮助", "Other help", "", "", "yes", "", "", "", "selected(${care}, 'other')", "", ""),
    ("begin_repeat", "member", "家庭成员", "Member", "", "", "", "", "", "", "", "", ""),
    ("text", "name", "姓名", "Name", "", "", "yes", "", "", "", "", "", ""),
    ("date", "birth_date", "出生日期", "Date of birth", "", "", "", ". <= today()", "不能晚于今天", "Not after today", "", "", ""),
    ("end_repeat", "", "", "", "", "", "", "", "", "", "", "", ""),
    ("select_one satisfied", "satisfied", "对社区服务满意吗", "Satisfied with the community's services", "", "", "yes", "", "", "", "", "", ""),
    ("image", "photo", "门牌照片", "Photo of the door plate", "", "", "", "", "", "", "", "", "max-pixels=1280"),
]
CHOICES = [
    ("list_name", "name", "label::中文 (zh)", "label::English (en)"),
    ("care", "meals", "助餐", "Meals"),
    ("care", "bath", "助浴", "Bathing"),
    ("care", "medical", "陪诊", "Seeing a doctor"),
    ("care", "other", "其他", "Other"),
    ("satisfied", "5", "很满意", "Very"),
    ("satisfied", "4", "满意", "Yes"),
    ("satisfied", "3", "一般", "So-so"),
    ("satisfied", "2", "不满意", "No"),
]
SETTINGS = [
    ("form_title", "form_id", "version", "default_language"),
    ("入户走访（示例）", "household_visit_example", "1", "中文 (zh)"),
]

book = Workbook()
book.remove(book.active)
for name, rows in (("survey", SURVEY), ("choices", CHOICES), ("settings", SETTINGS)):
    sheet = book.create_sheet(name)
    for row in rows:
        sheet.append([cell or None for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="D9EDED")
        sheet.column_dimensions[cell.column_letter].width = 22
    sheet.freeze_panes = "A2"
target = Path(__file__).resolve().parent.parent / "public/examples/household-visit.xlsx"
target.parent.mkdir(exist_ok=True)
book.save(target)
