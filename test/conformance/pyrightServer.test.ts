// Owns what a real pyright says to the monitor's questions: about a class of another file, where any name will do, and about
// calls. Its lists call themselves incomplete and are whole.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { MonitorRig, shown } from "../support/monitorRig";

const program = createRequire(join(process.cwd(), "package.json")).resolve("pyright/langserver.index.js");
const shop = `from dataclasses import dataclass
from enum import Enum

@dataclass
class Item:
    code: str
    price_cents: int

    def discounted(self, percent: int, *, floor: int = 0) -> int:
        return self.price_cents

class Loose:
    known: int = 1

    def __getattr__(self, name: str) -> int:
        return 1

class Color(Enum):
    RED = 1
    GREEN = 2
`;
const head = `from shop import Item, Loose, Color
from typing import Any, Literal

def f(item: Item, loose: Loose, anything: Any, untyped, items: list[Item]) -> None:
`;
const rig = new MonitorRig({ servers: [`python=${JSON.stringify([program, "--stdio"])}`], files: { "shop.py": shop } });
before(async () => {
  rig.open("main.py", head, "python");
  await rig.service.settled();
});
after(() => rig.close());

/** Members that everything in Python has are left out of what is compared. */
async function check(marked: string, expected: string, kind: "member" | "signature" = "member"): Promise<void> {
  const told = shown(await rig.ask("main.py", head + marked, kind, "python"));
  assert.equal(told.split(" ").filter((name) => !/^_/.test(name)).join(" "), expected, told);
}

const members = "code discounted price_cents";
const cases: readonly (readonly [name: string, marked: string, expected: string])[] = [
  ["a class of another file", "    item.▮", members],
  ["part of the name is there", "    item.co▮\n    other()\n", members],
  ["the dereference is generated", "    ▮for each in items:\n        each.▯\n", members],
  ["within what the completion opens", "    ▮print(max(item.▯\n\n\ndef g() -> None:\n    pass\n", members],
  ["a string of a literal type", "    x: Literal['light', 'dark'] = '▮'", "dark light"],
  ["any", "    anything.▮", "open: no name is known there"],
  ["an argument without a type", "    untyped.▮", "open: no name is known there"],
  ["a class that takes any name", "    loose.▮", "open: the receiver takes any name"],
];
for (const [name, marked, expected] of cases) test(`pyright: ${name}`, () => check(marked, expected));

test("pyright: the number of arguments", async () => {
  await check("    ▮item.discounted(▯", "1 to 2", "signature");
  await check("    ▮print(▯", "0 to any number", "signature");
  await check("    ▮anything.run(▯", "open: no signature is known there", "signature");
});
