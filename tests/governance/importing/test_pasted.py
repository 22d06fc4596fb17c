"""Pasted text is cut into listings, each with a key of its own."""

from governance.importing.pasted import Listing, listings_in, rows_of


def test_listings_stand_between_blank_lines_or_lines_of_signs() -> None:
    text = "一\n二\n\n三\n---\n四\n \n\n五"
    assert [each.text for each in listings_in(text, apart="blank")] == ["一\n二", "三", "四", "五"]


def test_every_line_is_one_where_so_asked_without_its_number() -> None:
    text = "1. 数学\n（2）英语\n\n- 物理\n3年级语文"
    told = [each.text for each in listings_in(text, apart="line")]
    assert told == ["数学", "英语", "物理", "3年级语文"]


def test_a_short_first_line_is_the_title() -> None:
    assert listings_in("数学小班\n地址见内", apart="blank") == [Listing("数学小班", "地址见内")]
    long = "长" * 41
    assert listings_in(f"{long}\n后", apart="blank") == [Listing("", f"{long}\n后")]


def test_the_same_listing_twice_is_one_with_one_number() -> None:
    once = listings_in("数学\n\n英语\n\n数学", apart="blank")
    assert [each.text for each in once] == ["数学", "英语"]
    numbers = {each.number for each in (*once, *listings_in("数学", apart="line"))}
    assert len(numbers) == 2
    assert [row["广告编号"] for row in rows_of(once, kind="", site="")] == [e.number for e in once]
