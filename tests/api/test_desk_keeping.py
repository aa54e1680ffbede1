"""What people keep for their own work, over HTTP: saved filters, drafts, text modules."""

TYPED = {"reply": "已派人去看，灯线断了。"}


def test_a_filter_is_kept_replaced_and_forgotten(house, callers):
    mine, other = callers("handler"), callers("leader")
    first = mine.post("/filters", {"name": " 逾期 ", "query": "level=late"}).json()
    assert first["name"] == "逾期"
    again = mine.post("/filters", {"name": "逾期", "query": "level=late&order=due"}).json()
    assert again == {**first, "query": "level=late&order=due"}
    assert mine.get("/filters").json()["items"] == [again]
    assert other.get("/filters").json()["items"] == []
    assert other.call("DELETE", f"/filters/{first['id']}").status_code == 204
    assert mine.get("/filters").json()["items"] == [again], "nobody forgets another's"
    assert mine.call("DELETE", f"/filters/{first['id']}").status_code == 204
    assert mine.get("/filters").json()["items"] == []
    refused = mine.post("/filters", {"name": "长" * 41, "query": ""})
    assert (refused.status_code, list(refused.json()["error"]["fields"])) == (422, ["name"])


def test_a_saved_filter_narrows_the_list_of_the_interface(house, callers):
    house.handling(house.open())
    house.open("路灯坏了")
    mine = callers("handler")
    kept = mine.post("/filters", {"name": "我的", "query": "scope=mine&order=due"}).json()
    assert len(mine.get(f"/matters?{kept['query']}").json()["items"]) == 1


def test_what_is_typed_is_kept_until_it_is_dropped(house, callers):
    matter = house.handling(house.open()).matter
    mine, leader = callers("handler"), callers("leader")
    path = f"/matters/{matter.pk}/drafts"
    kept = mine.put(f"{path}/reply", {"inputs": {**TYPED, "bogus": "x"}}).json()
    assert kept == {"action": "reply", "inputs": TYPED}
    assert mine.get(path).json()["items"] == [kept]
    assert leader.get(path).json()["items"] == [], "theirs alone"
    assert mine.call("DELETE", f"{path}/transfer").status_code == 204
    assert mine.call("DELETE", f"{path}/reply").status_code == 204
    assert mine.get(path).json()["items"] == []
    assert mine.put(f"{path}/reply", {"inputs": {"reply": None}}).status_code == 422
    assert mine.put(f"{path}/bogus", {"inputs": TYPED}).status_code == 404
    assert mine.put(f"{path}/reply", {"inputs": {"reply": ""}}).json()["inputs"] == {}


def test_text_modules_reach_down_the_tree(house, callers):
    admin, handler = callers("admin"), callers("handler")
    path = f"/admin/orgs/{house.org('city').pk}/phrases"
    made = admin.post(path, {"shortcut": "收悉", "body": "来信收悉。"})
    assert made.status_code == 201
    assert admin.post(path, {"shortcut": "收悉", "body": "来信收悉。"}).json() == made.json()
    taken = admin.post(path, {"shortcut": "收悉", "body": "您好。"})
    assert (taken.status_code, list(taken.json()["error"]["fields"])) == (422, ["shortcut"])
    below = f"/orgs/{house.org('vehicles').pk}/phrases"
    assert handler.get(below).json()["items"] == [made.json()]
    end = f"{path}/{made.json()['id']}/end"
    elsewhere = f"/admin/orgs/{house.org('center').pk}/phrases/{made.json()['id']}/end"
    assert admin.post(elsewhere, {}).status_code == 404
    assert [admin.post(end, {}).status_code for _ in range(2)] == [204, 204]
    assert handler.get(below).json()["items"] == []
