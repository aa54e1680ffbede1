"""Mistakes planted in copies of shipped programmes: `bihuan check` names each, with a remedy, and
what ships has none of them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bihuan.kernel.programmes import api as programmes

FOLDERS = {p.name: p for p in programmes.folders()}
Edit = Callable[[Path], None]
ESCALATE = '[voice.actions.escalate]\nfrom = ["*open"]\nby = ["system"]\n'
COUNT = 'version = 1\nmeasure = "count"\n'
CHILD = 'kind = "directive", subject = "不满意再办督办"'
SUPERVISE = 'kind = "directive", subject = "督办通知", fields = { body = "words", days = "days" }'
PLANNED = 'kind = "inspection", subject = "计划督查", unit = "unit", fields = { body = "purpose", category = "category", place = "place" }'
SCOPE = 'scope = { category = "consult", level = "county" }'


def swap(file: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def both(*edits: Edit) -> Edit:
    def edit(folder: Path) -> None:
        for one in edits:
            one(folder)

    return edit


def append(file: str, text: str) -> Edit:
    def edit(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as out:
            out.write(text)

    return edit


V, S, W, N = "public_voice", "supervision", "service_window", "public_notice"
Q = "issue_management"
M, C, P = "matters.toml", "clocks.toml", "programme.toml"
T, B = "import.toml", "burden.toml"
FORM = """
[assignee]
[[assignee.paper]]
name = "slip"
fields = 5
per = "{per}"
source = "{source}"
grade = "{grade}"
clause = "§1"
"""
# what is wrong: (programme, edit, file, path, part of the cause, part of the remedy)
PLANTED: dict[str, tuple[str, Edit, str, str, str, str]] = {
    # What stands beside a share.
    "a share beside that there is not": (V, swap("figures.toml", 'beside = "unrated_rate"', 'beside = "unrated"'), "figures.toml", "settle_rate.beside", "no share 'unrated'", "unrated_rate"),
    "a count beside a share": (V, swap("figures.toml", 'beside = "unrated_rate"', 'beside = "received"'), "figures.toml", "settle_rate.beside", "no share 'received'", "unrated_rate"),
    "a third share": (V, swap("figures.toml", 'beside = "unrated_rate"', 'beside = "reopen_rate"'), "figures.toml", "settle_rate.beside", "no third", "remove beside"),
    # Facts and what they are compared with.
    "a fact misspelt in a guard": (V, swap(M, 'fact = "designated" } },\n  { do = "clock.running"', 'fact = "designted" } },\n  { do = "clock.running"'), M, "voice.actions.dispute.guards.0.with.fact", "'designted'", "designated"),
    "a fact misspelt where it is set": (V, swap(M, '{ fact = "designated", value = true }', '{ fact = "designate", value = true }'), M, "voice.actions.dispute.guards.0.with.fact", "ever sets the fact 'designated'", "designate"),
    "a fact counted that nothing counts": (V, swap(M, 'fact = "disputes", setting', 'fact = "dispute", setting'), M, "voice.actions.redispatch.guards.0.with.fact", "'dispute'", "disputes"),
    "a fact of a turn misspelt": (V, swap(M, 'do = "fact.is", with = { fact = "channel"', 'do = "fact.is", with = { fact = "chanel"'), M, "voice.actions.settle.turns.0.when.0.with.fact", "'chanel'", "channel"),
    "a value that the fact never has": (V, swap(M, 'fact = "extension", value = "requested" } },\n  { do = "actor', 'fact = "extension", value = "asked" } },\n  { do = "actor'), M, "voice.actions.approve_extension.guards.0.with.value", "never 'asked'", "requested"),
    "a choice that the field never has": (V, swap(M, 'fact = "channel", value = "hotline"', 'fact = "channel", value = "phone"'), M, "voice.actions.settle.turns.0.when.0.with.value", "never 'phone'", "hotline"),
    "a fact that names nobody": (S, swap(M, 'do = "actor.unlike", with = { fact = "ordered_by"', 'do = "actor.unlike", with = { fact = "order_by"'), M, "rectification.actions.uphold.guards.0.with.fact", "'order_by'", "ordered_by"),
    "a fact for a child that there is not": (W, swap(M, 'facts = { booked = "slot" }', 'facts = { booked = "half_hour" }'), M, "appointment.actions.arrive.effects.0.with.facts.booked", "'half_hour'", "slot"),
    # Children.
    "a child of a kind that is none": (V, swap(M, CHILD, CHILD.replace("directive", "order")), M, "voice.actions.rate.turns.1.effects.5.with.kind", "no kind 'order'", "directive"),
    "a child without what it requires": (S, swap(M, PLANNED, PLANNED.replace('category = "category", ', "")), M, "plan.actions.schedule.effects.0.with", "requires 'category'", "give category"),
    "a child whose required field may stay empty": (S, swap(M, 'inputs.category = { type = "choice", choices = ["scheduled", "spot", "unannounced"], required = true }', 'inputs.category = { type = "choice", choices = ["scheduled", "spot", "unannounced"] }'), M, "plan.actions.schedule.effects.0.with.fields.category", "left empty", "required"),
    "a child's field that is none": (V, swap(M, SUPERVISE, SUPERVISE.replace('days = "days"', 'limit = "days"')), M, "voice.actions.supervise.effects.1.with.fields.limit", "no field 'limit'", "days"),
    "a child's field of another type": (V, swap(M, SUPERVISE, SUPERVISE.replace('days = "days"', 'days = "words"')), M, "voice.actions.supervise.effects.1.with.fields.days", "of type int", "same type"),
    "a child's choice that is none": (S, swap(M, 'inputs.category = { type = "choice", choices = ["scheduled", "spot", "unannounced"], required', 'inputs.category = { type = "choice", choices = ["scheduled", "spot", "night"], required'), M, "plan.actions.schedule.effects.0.with.fields.category", "no choice night", "spot"),
    "a child given what it cannot be": (W, swap(M, 'given = { channel = "kiosk", errand = "booking" }', 'given = { channel = "counter", errand = "booking" }'), M, "appointment.actions.arrive.effects.0.with.given.channel", "no choice of the child's", "kiosk"),
    "a child of a programme not needed": (V, swap(M, 'programme = "supervision", kind = "directive", subject = "督办通知"', 'programme = "public_notice", kind = "notice", subject = "督办通知"'), M, "voice.actions.supervise.effects.1.with.programme", "no programme 'public_notice'", "needs"),
    "a need that is nowhere": (V, swap(P, 'needs = ["supervision"]', 'needs = ["supervision", "overseeing"]'), P, "needs.1", "no programme 'overseeing'", "beside"),
    "a need of itself": (V, swap(P, 'needs = ["supervision"]', 'needs = ["supervision", "public_voice"]'), P, "needs.1", "itself", "remove"),
    # Keys of types.
    "places of what is no number": (V, swap(M, 'place = { type = "text"', 'place = { places = 2, type = "text"'), M, "voice.fields.place.places", "type number", "change the type"),
    "bounds of what is no amount": (V, swap(M, 'place = { type = "text"', 'place = { at_least = 2, type = "text"'), M, "voice.fields.place.at_least", "type number and money", "drop"),
    "bounds the wrong way round": (V, swap(M, 'place = { type = "text"', 'cost = { type = "money", at_least = 9, at_most = 3 }\nplace = { type = "text"'), M, "voice.fields.cost.at_most", "nothing is between 9 and 3", "raise"),
    "grains of what is no period": (V, swap(M, 'place = { type = "text"', 'place = { grains = ["year"], type = "text"'), M, "voice.fields.place.grains", "type period", "drop"),
    "a grain named twice": (V, swap(M, 'place = { type = "text"', 'span = { type = "period", grains = ["year", "year"] }\nplace = { type = "text"'), M, "voice.fields.span.grains", "twice", "once"),
    "a grain that is none": (V, swap(M, 'place = { type = "text"', 'span = { type = "period", grains = ["decade"] }\nplace = { type = "text"'), M, "voice.fields.span.grains.0", "'quarter'", "listed values"),
    "columns of what are no rows": (V, swap(M, 'place = { type = "text"', 'place = { columns = { a = { type = "text" } }, type = "text"'), M, "voice.fields.place.columns", "type rows", "drop"),
    "rows without columns": (V, swap(M, 'place = { type = "text"', 'plan = { type = "rows" }\nplace = { type = "text"'), M, "voice.fields.plan.columns", "one to 12", "declare"),
    "a column that is a list of its own": (V, swap(M, 'place = { type = "text"', 'plan = { type = "rows", columns = { a = { type = "orgs" } } }\nplace = { type = "text"'), M, "voice.fields.plan.columns.a.type", "of type orgs", "money"),
    "a column that comes later": (V, swap(M, 'place = { type = "text"', 'plan = { type = "rows", columns = { a = { type = "text", later = true } } }\nplace = { type = "text"'), M, "voice.fields.plan.columns.a", "as a whole", "field"),
    "a column of choices without any": (V, swap(M, 'place = { type = "text"', 'plan = { type = "rows", columns = { a = { type = "choice" } } }\nplace = { type = "text"'), M, "voice.fields.plan.columns.a", "choices belong", "give"),
    "a column without a word": (V, swap(M, 'place = { type = "text"', 'plan = { type = "rows", columns = { a = { type = "text" } } }\nplace = { type = "text"'), "strings/en.toml", "columns.plan.a", "missing", "add"),
    "a private file": (V, swap(M, 'place = { type = "text"', 'paper = { type = "file", private = true }\nplace = { type = "text"'), M, "voice.fields.paper.private", "everybody", "drop"),
    "many matters asked for one file": (V, swap(M, 'inputs.unit = { type = "org", required = true }\ninputs.person = { type = "person" }\n', 'inputs.unit = { type = "org", required = true }\ninputs.person = { type = "person" }\ninputs.paper = { type = "file" }\n'), M, "voice.actions.dispatch.inputs.paper.type", "cannot be asked for file", "drop bulk"),
    "a child that needs a file": (S, swap(M, '[rectification.fields]\n', '[rectification.fields]\npaper = { type = "file", required = true }\n'), M, "inspection.actions.order_rectification.effects.1.with", "only somebody can hand in", "optional"),
    # Links and levels.
    "a link to a kind that is none": (Q, swap(M, 'links = { covers = { kind = "issue"', 'links = { covers = { kind = "question"'), M, "meeting.links.covers.kind", "no kind 'question'", "issue"),
    "a link to a programme not needed": (Q, swap(M, 'links = { covers = { kind = "issue"', 'links = { covers = { kind = "public_voice.voice"'), M, "meeting.links.covers.kind", "'public_voice' is not among", "needs"),
    "a link to a kind that another lacks": (Q, swap(M, 'links = { covers = { kind = "issue"', 'links = { covers = { kind = "supervision.order"'), M, "meeting.links.covers.kind", "no kind 'order'", "directive"),
    "a link misspelt": (Q, swap(M, 'do = "linked.some", with = { link = "covers"', 'do = "linked.some", with = { link = "cover"'), M, "meeting.actions.hold.guards.0.with.link", "no link 'cover'", "covers"),
    "a verb of links where there are none": (Q, swap(M, 'links = { holds = { kind = "issue", many = true } }\n', ""), M, "batch.on_open.0", "only for kinds with `links`", "batch"),
    "an action that the linked kind lacks": (Q, swap(M, 'action = "report_back"', 'action = "report"'), M, "meeting.actions.tell_results.effects.0.with.action", "no action 'report'", "report_back"),
    "an action of the linked kind that the house may not take": (Q, swap(M, 'action = "report_back", by = "actor"', 'action = "report_back"'), M, "meeting.actions.tell_results.effects.0.with.action", "may not take 'report_back'", "actor"),
    "an action of the linked kind that lacks what it requires": (Q, swap(M, ', person = "person" } } },', " } } },"), M, "meeting.actions.decide_on.effects.0.with", "requires 'person'", "give person"),
    "an input of the linked kind's action that is none": (Q, swap(M, 'inputs = { result = "result" }', 'inputs = { outcome = "result", result = "result" }'), M, "batch.actions.solve_all.effects.0.with.inputs.outcome", "no input 'outcome'", "result"),
    "an input of another type for the linked kind": (Q, swap(M, 'scheme = "scheme", person = "person" } }', 'scheme = "scheme", person = "scheme" } }'), M, "meeting.actions.decide_on.effects.0.with.inputs.person", "of type person", "that type"),
    "a state of the linked kind that is none": (Q, swap(M, 'states = ["found", "classed"', 'states = ["found", "sorted"'), M, "meeting.on_open.0.with.states", "no state 'sorted'", "classed"),
    "an action on what is not linked yet": (Q, swap(M, 'on_open = [{ do = "link.add", with = { link = "holds", input = "issues" } }]', 'on_open = [{ do = "linked.act", with = { link = "holds", action = "solve_with_others", inputs = { result = "issues" } } }]'), M, "batch.on_open.0", "before a matter is there", "action"),
    "a pool named twice": (Q, swap(M, 'pools = ["team", "department", "company"]', 'pools = ["team", "team", "company"]'), M, "issue.levels", "named twice", "correct"),
    "pools that nobody owns": (Q, swap(M, 'owner = "owner", field', 'owner = "holder", field'), M, "issue.levels.owner", "no role 'holder'", "owner"),
    "pools that no field tells": (Q, swap(M, 'field = "lies_in"', 'field = "gravity"'), M, "issue.levels.field", "no choice 'gravity' of its pools", "later"),
    "a pool that is asked": (Q, swap(M, '"department", "company"], later = true', '"department", "company"]'), M, "issue.fields.lies_in.later", "the tree says it", "later"),
    "a kind with pools that comes into none": (Q, swap(M, '  { do = "level.enter" },\n  { do = "clock.start", with = { clock = "in_pool" } },\n  { do = "tell", with = { roles = ["owner"], text = "notice.found" } },\n]\n\n[issue.fields]', '  { do = "clock.start", with = { clock = "in_pool" } },\n  { do = "tell", with = { roles = ["owner"], text = "notice.found" } },\n]\n\n[issue.fields]'), M, "issue.on_open", "comes into no pool", "level.enter"),
    "an end that leaves no pool": (Q, swap(M, '  { do = "level.leave" },\n  { do = "tell", with = { roles = ["finder"], text = "notice.declined" } }', '  { do = "tell", with = { roles = ["finder"], text = "notice.declined" } }'), M, "issue.actions.decline.effects", "goes on lying", "level.leave"),
    "a new beginning that lies nowhere": (Q, swap(M, '  { do = "level.enter" },\n  { do = "clock.start", with = { clock = "in_pool" } },\n  { do = "tell", with = { roles = ["owner"], text = "notice.found" } },\n]\n\n[issue.actions.urge]', '  { do = "tell", with = { roles = ["owner"], text = "notice.found" } },\n]\n\n[issue.actions.urge]'), M, "issue.actions.take_up_again.effects", "lies in no pool", "level.enter"),
    "a pool that is none": (Q, swap(M, 'do = "level.top", with = { holds = false } }]\neffects', 'do = "level.is", with = { pool = "crew" } }]\neffects'), M, "issue.actions.push_up.guards.0.with.pool", "no pool 'crew'", "team"),
    # Inputs.
    "a choice that is not there": (V, swap(M, '["not_satisfied"] } },\n', '["dissatisfied"] } },\n'), M, "voice.actions.rate.turns.0.when.0.with.values.0", "no choice 'dissatisfied'", "not_satisfied"),
    "no choice at all": (V, swap(M, '["not_satisfied"] } },\n', "[] } },\n"), M, "voice.actions.rate.turns.0.when.0.with.values", "at least 1", "input.is"),
    "an input of a type that the verb cannot use": (V, swap(M, 'do = "unit.allowed", with = { input = "unit" }', 'do = "unit.allowed", with = { input = "person" }'), M, "voice.actions.dispatch.guards.0.with.input", "of type person", "type org"),
    "an argument misspelt": (V, swap(M, 'do = "assign", with = { unit = "unit", person', 'do = "assign", with = { units = "unit", person'), M, "voice.actions.dispatch.effects.0.with.units", "not permitted", "verbs.md"),
    "an argument missing": (V, swap(M, 'with = { clock = "promise", setting = "extension", reason = "reason" }', 'with = { clock = "promise", setting = "extension" }'), M, "voice.actions.approve_extension.effects.0.with.reason", "required", "verbs.md"),
    "a field that an action fills otherwise": (V, swap(M, 'inputs.rating = { type = "choice", choices = ["satisfied", "basically", "not_satisfied"]', 'inputs.rating = { type = "choice", choices = ["satisfied", "basically", "not_satisfied", "superb"]'), M, "voice.actions.rate.inputs.rating.choices", "no choice superb", "basically"),
    "a field that an action fills with another type": (V, swap(M, "inputs.visitors = { type = \"int\", max = 1000000, sets = true }", 'inputs.visitors = { type = "text", sets = true }'), M, "outreach.actions.report_held.inputs.visitors.type", "of type int", "drop sets"),
    "a field set that there is not": (V, swap(M, "inputs.visitors = { type = \"int\", max = 1000000, sets = true }", 'inputs.visitors = { type = "int", sets = "vistors" }'), M, "outreach.actions.report_held.inputs.visitors.sets", "no field 'vistors'", "visitors"),
    "a field set by a name that is none": (V, swap(M, 'inputs.reply = { type = "longtext", required = true, private = true, max = 10000, as = "answer" }', 'inputs.reply = { type = "longtext", required = true, private = true, max = 10000, as = "answer", sets = true }'), M, "voice.actions.settle.inputs.reply.sets", "no field 'reply'", "drop sets"),
    "a field set twice in a step": (V, swap(M, "inputs.visitors = { type = \"int\", max = 1000000, sets = true }", 'inputs.visitors = { type = "int", sets = "forms_issued" }'), M, "outreach.actions.report_held.inputs.visitors.sets", "both set the field 'forms_issued'", "one of them"),
    "members who never see what they opened": (V, swap(M, '[outreach]\n', '[outreach]\ndoors = { member = true }\n'), M, "outreach.doors.member", "never sees it again", "opener"),
    "a field that sets": (V, swap(M, 'place = { type = "text"', 'place = { sets = true, type = "text"'), M, "voice.fields.place.sets", "inputs of actions", "drop"),
    "a field that an input only seems to fill in": (V, swap(M, 'required = true, sets = true, as = "grade" }', 'required = true, as = "grade" }'), M, "voice.fields.rating.later", "no action fills it in", "sets = true"),
    "a secret that a field would show": (V, swap(M, "inputs.visitors = { type = \"int\", max", 'inputs.visitors = { type = "int", private = true, max'), M, "outreach.actions.report_held.inputs.visitors.private", "stand open", "private"),
    "a field that nothing fills in": (V, swap(M, 'place = { type = "text", max = 120 }', 'place = { type = "text", max = 120, later = true }'), M, "voice.fields.place.later", "no action fills it in", "sets = true"),
    "a choice named twice": (V, swap(M, 'choices = ["consult", "complaint", "suggestion"]', 'choices = ["consult", "complaint", "suggestion", "consult"]'), M, "voice.fields.category.choices", "'consult' is named twice", "once"),
    "senders that nobody is": (V, swap(M, 'choices = ["on_site"] }', 'choices = ["on_site"], senders = ["on_site"] }'), M, "outreach.fields.channel.senders", "no sender opens", "opened_by"),
    "senders who may say what there is not": (W, swap(M, 'senders = ["web"], required = true }\nrating', 'senders = ["post"], required = true }\nrating'), M, "application.fields.channel.senders", "no choice 'post'", "name choices"),
    # Who sees.
    "a kind seen by nobody there is": (V, swap(M, '[voice]\n', '[voice]\nseen_by = ["mayor", "desk"]\n'), M, "voice.seen_by.0", "'mayor' is no role, duty or actor", "desk"),
    "a kind seen by a duty that nobody has": (V, swap(M, '[voice]\n', '[voice]\nseen_by = ["review", "desk"]\n'), M, "voice.seen_by.0", "no role has the duty 'review'", "does"),
    "a kind hidden from who acts on it": (V, swap(M, '[voice]\n', '[voice]\nseen_by = ["desk", "leader", "publisher", "supervisor"]\n'), M, "voice.actions.sign.by", "'handler' acts on a voice, and would not see it", "voice.seen_by"),
    "a kind hidden from who reads its contact": (V, swap(M, '[outreach]\n', '[outreach]\ncontact_by = ["handler"]\nseen_by = ["desk", "leader"]\n'), M, "outreach.contact_by", "'handler' acts on a outreach", "outreach.seen_by"),
    "members who open by being named": (V, swap(M, 'opened_by = ["desk", "leader"]', 'opened_by = ["desk", "leader", "member"]'), M, "outreach.opened_by", "no matter yet", "doors"),
    "everybody told as a member": (V, swap(M, 'roles = ["desk"], text = "notice.disputed"', 'roles = ["member"], text = "notice.disputed"'), M, "voice.actions.dispute.effects.4.with.roles.0", "everybody of an organisation", "name a role"),
    "a kind seen only by who may be gone": (V, swap(M, '[voice]\n', '[voice]\nseen_by = ["assignee", "opener"]\n'), M, "voice.seen_by", "no role would see it", "a role or a duty"),
    "a kind seen by whoever has the code": (V, swap(M, '[voice]\n', '[voice]\nseen_by = ["desk", "sender"]\n'), M, "voice.seen_by.1", "has the code sees it anyway", "leave it out"),
    "somebody told of what they do not see": (S, swap(M, '[plan]\n', '[plan]\nseen_by = ["supervisor"]\n'), M, "plan.on_open.0.with.roles.0", "'leader' is told of a plan, and does not see it", "plan.seen_by"),
    "pools owned by who does not see them": (Q, swap(M, '[issue]\n', '[issue]\nseen_by = ["finder", "organizer"]\n'), M, "issue.levels", "'owner' acts on a issue", "issue.seen_by"),
    "a kind of which nobody reads what is published": (V, swap(M, '[voice]\n', '[voice]\nseen_by = ["handler"]\n'), "boards.toml", "answers.kind", "nobody who sees a voice reads", "publish"),
    "an input read by nobody there is": (V, swap(M, 'place = { type = "text"', 'place = { seen_by = ["mayor"], type = "text"'), M, "voice.fields.place.seen_by.0", "'mayor' is no role", "desk"),
    "an input read by who does not see its kind": (V, both(swap(M, '[outreach]\n', '[outreach]\nseen_by = ["desk", "leader"]\n'), swap(M, 'forms_issued = {', 'aside = { type = "text", seen_by = ["publisher"] }\nforms_issued = {')), M, "outreach.fields.aside.seen_by", "'publisher' does not see a outreach", "outreach.seen_by"),
    "a file for some only": (V, swap(M, 'place = { type = "text"', 'paper = { type = "file", seen_by = ["desk"] }\nplace = { type = "text"'), M, "voice.fields.paper.seen_by", "everybody who sees the matter", "drop"),
    "a column for some only": (V, swap(M, 'place = { type = "text"', 'plan = { type = "rows", columns = { a = { type = "text", seen_by = ["desk"] } } }\nplace = { type = "text"'), M, "voice.fields.plan.columns.a.seen_by", "as a whole", "field"),
    "a column of lists for some only": (V, swap(M, 'category = { type', 'category = { seen_by = ["desk"], type'), M, "voice.fields.category.seen_by", "stands in every list", "drop"),
    "a pool for some only": (Q, swap(M, 'lies_in = { type', 'lies_in = { seen_by = ["owner"], type'), M, "issue.fields.lies_in.seen_by", "levels says itself", "drop"),
    "what an effect would tell everybody": (V, swap(M, 'inputs.unit = { type = "org", required = true }', 'inputs.unit = { type = "org", required = true, seen_by = ["desk"] }'), M, "voice.actions.dispatch.effects.0.with.unit", "assign shows 'unit'", "name another"),
    "what a clock would tell everybody": (S, swap(M, 'days = { type = "int"', 'days = { seen_by = ["leader"], type = "int"'), C, "directive.from_input", "its limit shows what 'days' is", "another"),
    "what a field would tell everybody": (V, swap(M, 'inputs.visitors = { type = "int", max', 'inputs.visitors = { type = "int", seen_by = ["leader"], max'), M, "outreach.actions.report_held.inputs.visitors.seen_by", "not the same people", "both the same"),
    "a figure of what is not everybody's": (V, both(swap(M, 'place = { type = "text"', 'hint = { type = "bool", seen_by = ["desk"] }\nplace = { type = "text"'), append("figures.toml", f'\n[hinted]\n{COUNT}among = {{ kinds = ["voice"], flags = ["hint"] }}\n')), "figures.toml", "hinted.among.flags", "there is no 'hint'", "one of"),
    # Clocks.
    "an act that the house may not take": (V, swap(M, 'to = "closed"\nby = ["system"]\nshown = true', 'to = "closed"\nby = ["desk"]\nshown = true'), C, "rating_window.steps.over.act", "may not take 'close_unrated'", "system"),
    "an act that needs an input": (V, swap(M, ESCALATE, f'{ESCALATE}inputs.reason = {{ type = "longtext", required = true }}\n'), C, "promise.steps.escalate.act", "requires the input 'reason'", "optional"),
    "an act refused wherever its clock runs": (V, swap(M, '[voice.actions.close_unsupplemented]\nfrom = ["waiting"]', '[voice.actions.close_unsupplemented]\nfrom = ["reviewing"]'), C, "supplement_window.steps.over.act", "refused in every state", "waiting"),
    "an act that is none": (S, swap(C, 'act = "slip_red"', 'act = "slip_black"'), C, "directive.steps.red.act", "no action 'slip_black'", "slip_red"),
    "a clock that nothing starts": (S, swap(M, '  { do = "clock.start", with = { clock = "review" } },\n', ""), C, "review", "nothing starts", "clock.start"),
    "a clock of another kind": (S, swap(M, 'do = "clock.pause", with = { clock = "rectification" }', 'do = "clock.pause", with = { clock = "directive" }'), M, "rectification.actions.report.effects.0.with.clock", "one of directive", "rectification"),
    "a step that does nothing": (V, swap(C, 'steps = [{ id = "over", at = "100%", act = "close_unrated" }]', 'steps = [{ id = "over", at = "100%" }]'), C, "rating_window.steps.over", "nothing happens", "notify"),
    "two steps of one name": (V, swap(C, 'id = "urgent", at = "90%"', 'id = "near", at = "90%"'), C, "promise.steps.near", "two steps", "rename"),
    "a limit from an input that is none": (S, swap(C, 'from_input = "report_every"', 'from_input = "reports_every"'), C, "rhythm.from_input", "'reports_every'", "declare"),
    "a limit from a text": (S, swap(C, 'from_input = "report_every"', 'from_input = "result"'), C, "rhythm.from_input", "of type int", "declare"),
    "a clock that tells the sender": (V, swap(C, 'notify = ["assignee", "leader"] },\n  { id = "escalate"', 'notify = ["sender"] },\n  { id = "escalate"'), C, "promise.steps.late.notify", "no inbox", "tell.sender"),
    # Words.
    "a notice that exists nowhere": (V, swap(M, 'text = "notice.reopened"', 'text = "notice.reopend"'), "strings/en.toml", "notice.reopend", "missing", "add"),
    "a mail that exists nowhere": (V, swap(M, 'tell.sender", with = { text = "asked" }', 'tell.sender", with = { text = "ask" }'), "strings/en.toml", "mail.ask", "missing", "add"),
    "an empty text": (V, swap("strings/en.toml", "title = ", 'title = ""\n#'), "strings/en.toml", "title", "empty", "write it"),
    "a text in one language only": (V, append("strings/en.toml", '\n[help.voice]\nplace = "Where it is"\n'), "strings/zh-Hans.toml", "help.voice.place", "missing", "add it"),
    "a language that is none": (V, lambda folder: shutil.copy(folder / "strings/en.toml", folder / "strings/eng.toml"), "strings/eng.toml", "", "no language", "zh-Hans"),
    # Settings.
    "a scope that never matches": (V, swap("settings.toml", SCOPE, 'scope = { kategorie = "consult" }'), "settings.toml", "limit_answer.values.1.scope.kategorie", "no matter has", "category"),
    "a scope of a choice that is none": (V, swap("settings.toml", SCOPE, 'scope = { category = "consultation" }'), "settings.toml", "limit_answer.values.1.scope.category", "'consultation'", "consult"),
    "a setting that nothing asks": (V, append("settings.toml", '\n[idle]\ntype = "int"\n[[idle.values]]\nvalue = 1\nfrom = 2021-01-01\nclause = "x"\nsource = "house"\ngrade = "H"\n'), "settings.toml", "idle", "nothing asks", "remove"),
    "two values of one day": (V, append("settings.toml", '\n[[limit_sign.values]]\nvalue = 12\nfrom = 2021-01-01\nclause = "x"\nsource = "house"\ngrade = "H"\n'), "settings.toml", "limit_sign.values.1.from", "same day", "apart"),
    "a setting of a type that the verb cannot use": (V, swap(M, 'setting = "dispute_limit"', 'setting = "limit_sign"'), M, "voice.actions.redispatch.guards.0.with.setting", "of type limit", "type int"),
    "a switch compared with a word": (V, swap(M, 'setting = "second_signature", value = false', 'setting = "second_signature", value = "off"'), M, "voice.actions.reply.guards.0.with.value", "can never be 'off'", "can have"),
    # States and turns.
    "a state that is not reached": (S, swap(M, 'objected = { phase = "waiting" }', 'objected = { phase = "waiting" }\nparked = { phase = "waiting" }'), M, "rectification.states.parked", "no action leads here", "add one"),
    "an action to a state that is none": (S, swap(M, 'to = "revoked"', 'to = "revokd"'), M, "rectification.actions.uphold.to", "no state 'revokd'", "revoked"),
    "an action from a state that is none": (S, swap(M, '[rectification.actions.uphold]\nfrom = ["objected"]', '[rectification.actions.uphold]\nfrom = ["objection"]'), M, "rectification.actions.uphold.from", "no state 'objection'", "objected"),
    "a matter that is over when it opens": (V, swap(M, 'initial = "planned"', 'initial = "held"'), M, "outreach.initial", "over already", "begin"),
    "two kinds with one prefix": (V, swap(M, 'prefix = "HD"', 'prefix = "MY"'), M, "outreach.prefix", "prefix of voice", "other letters"),
    "a turn that another always goes before": (V, swap(M, '  { do = "fact.below", with = { fact = "reopened", setting = "reopen_limit" } },\n', ""), M, "voice.actions.rate.turns.1", "never taken", "narrower"),
    "a turn that asks for two things at once": (V, swap(M, 'when = [{ do = "fact.is", with = { fact = "channel", value = "hotline" } }]', 'when = [{ do = "fact.is", with = { fact = "channel", value = "hotline" } }, { do = "fact.is", with = { fact = "channel", value = "radio" } }]'), M, "voice.actions.settle.turns.0.when", "two things at once", "drop one"),
    "an action that asks for what is and is not": (V, swap(M, 'guards = [{ do = "fact.is", with = { fact = "asked" } }]', 'guards = [{ do = "fact.is", with = { fact = "asked" } }, { do = "fact.not", with = { fact = "asked" } }]'), M, "voice.actions.ask_more.guards", "two things at once", "drop one"),
    "an action that nobody ever takes": (S, swap(C, ', act = "slip_blue" }', " }"), M, "directive.actions.slip_blue.by", "nothing makes the house take it", "clock"),
    "an action above that is none": (W, swap(M, 'above = "void_rating"', 'above = "drop_rating"'), M, "rectify.actions.uphold_appeal.effects.1.with.above", "no above 'drop_rating'", "void_rating"),
    "an action above that the house may not take": (W, swap(M, '[application.actions.void_rating]\nfrom = ["settled", "declined"]\nby = ["system"]', '[application.actions.void_rating]\nfrom = ["settled", "declined"]\nby = ["leader"]'), M, "rectify.actions.uphold_appeal.effects.1.with.above", "may not take", "system"),
    "an action of a merged one that the house may not take": (V, swap(M, 'by = ["desk", "leader", "system"]\neffects = [{ do = "unmerge" }]', 'by = ["desk", "leader"]\neffects = [{ do = "unmerge" }]'), M, "voice.actions.withdraw.effects.0.with.action", "may not take 'unmerge'", "system"),
    "an objection that the house cannot note": (N, swap(M, '[notice.actions.object]\nfrom = ["on_notice"]\nby = ["system"]', '[notice.actions.object]\nfrom = ["on_notice"]\nby = ["leader"]'), M, "notice.notice.object", "may not", "system"),
    # Roles.
    "a role that nothing names": (V, append(P, '\n[[roles]]\nid = "mayor"\nat = "any"\n'), P, "roles.5", "'mayor' may do nothing", "by"),
    "a role declared twice": (V, append(P, '\n[[roles]]\nid = "desk"\nat = "any"\n'), P, "roles.desk", "twice", "keep one"),
    "a role told that is none": (S, swap(M, 'roles = ["leader"], text = "notice.plan"', 'roles = ["mayor"], text = "notice.plan"'), M, "plan.on_open.0.with.roles.0", "no role 'mayor'", "leader"),
    # Boards, figures, bulletins, cockpit.
    "a board's part that nothing gives": (V, swap("boards.toml", '["question", "answer"]', '["question", "reply"]'), "boards.toml", "answers.parts.1", "part 'reply'", "answer"),
    "a board on which nothing is published": (V, append("boards.toml", '\n[wall]\nkind = "voice"\nparts = ["question"]\n'), "boards.toml", "wall", "nothing is ever published", "publication.draft"),
    "a board for nobody the format knows": (V, append("boards.toml", 'for_staff = "yes please"\n'), "boards.toml", "answers.for_staff", "boolean", ""),
    "a board of another kind": (V, swap("boards.toml", 'kind = "voice"', 'kind = "outreach"'), M, "voice.actions.publish.effects.1.with.board", "one of outreach", "another"),
    "a figure of an event that is none": (V, append("figures.toml", f'\n[wrong]\n{COUNT}among = {{ events = ["matter.sung"] }}\n'), "figures.toml", "wrong.among.events", "no event 'matter.sung'", "matter.acted"),
    "a figure of promises where none is made": (V, append("figures.toml", f'\n[wrong]\n{COUNT}among = {{ kinds = ["outreach"], promise = "kept" }}\n'), "figures.toml", "wrong.among.promise", "is a promise", "role promise"),
    "a figure that a needed programme lacks": (V, lambda folder: (folder / "bulletins/monthly.toml").write_text('grain = "month"\ndrafted_by = ["desk"]\nissued_by = ["leader"]\ntable = ["supervision.applause"]\n'), "bulletins/monthly.toml", "table.0", "supervision has no figure 'applause'", "one of"),
    "a pressure of a share that is none": (V, append("pressures.toml", '\n[wrong]\nfigure = "applause"\nwhen = "broken"\n'), "pressures.toml", "wrong.figure", "'applause' is no share", "settle_rate"),
    "a pressure of no share": (V, append("pressures.toml", '\n[wrong]\nwhen = "falling"\n'), "pressures.toml", "wrong.figure", "names no figure", "one of"),
    "a pressure of a kind that is none": (V, append("pressures.toml", '\n[wrong]\nkind = "applause"\nwhen = "open"\n'), "pressures.toml", "wrong.kind", "'applause' is no kind", "voice"),
    "a pressure of a kind with a share": (V, append("pressures.toml", '\n[wrong]\nkind = "voice"\nfigure = "settle_rate"\nwhen = "open"\n'), "pressures.toml", "wrong.figure", "nothing becomes of figure", "leave it out"),
    "a panel of a figure that is none": (V, append("cockpit.toml", '\n[wrong]\nfigure = "applause"\nby = "org"\n'), "cockpit.toml", "wrong.figure", "no figure 'applause'", "one of"),
    # What inputs and windows are for the house.
    "an answer that is no text": (V, swap(M, 'inputs.rating = { type = "choice", choices = ["satisfied", "basically", "not_satisfied"], required = true, sets = true, as = "grade"', 'inputs.rating = { type = "choice", choices = ["satisfied", "basically", "not_satisfied"], required = true, sets = true, as = "answer"'), M, "voice.actions.rate.inputs.rating.as", "no choice", "text"),
    "two answers of one action": (V, swap(M, 'required = true, max = 120, as = "told"', 'required = true, max = 120, as = "answer"'), M, "voice.actions.outside.inputs.competent.as", "reply is the answer", "keep one"),
    "an answer that is asked when a matter is opened": (V, swap(M, 'place = { type = "text", max = 120 }', 'place = { type = "text", max = 120, as = "answer" }'), M, "voice.fields.place.as", "only inputs", "remove as"),
    "a step that a window has not": (W, swap(M, 'at_window = "ticket"', 'at_window = { is = "ticket", steps = { arrive = "call" } }'), M, "ticket.at_window.steps.arrive", "no step 'arrive'", "call"),
    "a step of a window that is no action": (W, swap(M, 'at_window = "ticket"', 'at_window = { is = "ticket", steps = { call = "shout" } }'), M, "ticket.at_window", "no action 'shout'", "call"),
    # Tables that are imported.
    "a table of a kind that is none": (V, append(T, "\n[letter]\ndefault = false\n"), T, "letter", "no kind 'letter'", "voice"),
    "two kinds that tables open": (V, append(T, "\n[outreach]\ndefault = true\n"), T, "outreach.default", "voice is what tables open", "one default"),
    "a column that is none": (V, swap(T, 'hour = ["来电时刻"]', 'our = ["来电时刻"]'), T, "voice.headers.our", "no column 'our'", "hour"),
    "a header of two columns": (V, swap(T, 'hour = ["来电时刻"]', 'hour = ["来电人（姓名）"]'), T, "voice.headers.hour", "header of name", "one of the two"),
    "a header of marks only": (V, swap(T, 'hour = ["来电时刻"]', 'hour = ["（必填）"]'), T, "voice.headers.hour", "no word", "outside"),
    "a guess that is no choice": (V, swap(T, '{ is = "suggestion"', '{ is = "sugestion"'), T, "voice.guess.category.1.is", "no choice 'sugestion'", "suggestion"),
    "a guess that is never made": (V, swap(T, '{ is = "complaint", having = ["投诉", "举报", "反映", "违法", "扰民", "严重影响", "complain"] }', '{ is = "complaint" }'), T, "voice.guess.category.1", "never guessed", "remove"),
    "a guess of what is no choice": (V, append(T, 'place = [{ is = "here" }]\n'), T, "voice.guess.place", "no choice 'place'", "category"),
    "a value for a table that says nothing, of a field that is none": (V, append(T, '[voice.unsaid]\nrating = "satisfied"\n'), T, "voice.unsaid.rating", "no field 'rating'", "channel"),
    "a value for a table that says nothing that is no choice": (V, append(T, '[voice.unsaid]\nchannel = "dove"\n'), T, "voice.unsaid.channel", "no choice 'dove'", "imported"),
    "a value that is both guessed and not": (V, append(T, '[voice.unsaid]\ncategory = "consult"\n'), T, "voice.unsaid.category", "not guessed", "guess.category"),
    # What a month asks.
    "a burden of a role that is none": (V, append(B, "\n[mayor]\ntyped = 3\n"), B, "mayor", "no role 'mayor'", "desk"),
    "a burden of a role that does nothing": (V, append(B, "\n[subject]\ntyped = 3\n"), B, "subject", "takes no action", "remove"),
    "a burden that says nothing": (V, append(B, "\n[assignee]\n"), B, "assignee", "nothing is said", "typed or paper"),
    "a paper form of no source": (V, append(B, FORM.format(source="hearsay", grade="C", per="month")), B, "assignee.paper.0.source", "no source 'hearsay'", "xining"),
    "a paper form that the house made up": (V, append(B, FORM.format(source="house", grade="C", per="month")), B, "assignee.paper.0.source", "nobody counted", "remove the form"),
    "a paper form as law that is none": (V, append(B, FORM.format(source="xining", grade="A", per="month")), B, "assignee.paper.0.grade", "clause of law", "B, C or U"),
    "a paper form for each of nothing": (V, append(B, FORM.format(source="xining", grade="C", per="matter")), B, "assignee.paper.0.kind", "of no kind", "for which kind"),
    "a paper form of a kind that is none": (V, append(B, FORM.format(source="xining", grade="C", per="month") + 'kind = "letter"\n'), B, "assignee.paper.0.kind", "no kind 'letter'", "voice"),
    "a paper form twice": (V, append(B, FORM.format(source="xining", grade="C", per="month") + FORM.format(source="xining", grade="C", per="week").replace("[assignee]", "")), B, "assignee.paper.1.name", "stands twice", "own name"),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_named(name, tmp_path):
    programme, edit, file, path, cause, remedy = PLANTED[name]
    folder = tmp_path / programme
    shutil.copytree(FOLDERS[programme], folder)
    edit(folder)
    found = programmes.check_folder(folder)
    assert [
        p
        for p in found
        if (p.file, p.path) == (file, path) and cause in p.cause and remedy in p.remedy
    ], "\n".join(map(str, found)) or "nothing was found"
    assert all(p.cause and p.remedy for p in found)
