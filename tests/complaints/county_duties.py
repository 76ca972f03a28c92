"""Duties of the tests' county: three bureaus, each with its own words."""

from models import Duty, Subject

DUTIES = {
    "JYJ": ("校外培训", "学科类校外培训机构的管理，培训收费、退费纠纷的处理", "民办教育促进法第八条"),
    "SCJG": ("食品", "食品生产、流通、餐饮环节食品安全的监督管理，处理过期变质食品投诉", "食品安全法第六条"),
    "WLJ": ("旅游", "旅行社、景区、导游服务质量的监督管理，处理旅游合同纠纷", "旅游法第八十三条"),
}
TUITION = "培训机构突然停业，培训费用不退，要求退费。"
FOOD = "在超市买到过期食品，食品已变质，要求赔偿。"
TOUR = "旅行社导游强制购物，旅游合同没有履行，要求赔偿。"
UNCLEAR = "昨天的事情一直没有人来处理。"


def give_duties(session, world) -> None:
    """Write them into the register; the caller commits."""
    for at, (unit, (name, text, clause)) in enumerate(DUTIES.items()):
        subject = Subject(code=f"T{at}", name=name)
        session.add(Duty(unit_id=world.units[unit].id, subject=subject, text=text, clause=clause))
