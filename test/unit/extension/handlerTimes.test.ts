// What the extension's handlers cost a change, at a clock that the handlers move.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { HandlerTimes } from "../../../extension/src/handlerTimes";

/** `1:5 1:2 2:3`: handlers of the changes 1, 1 and 2 that take 5, 2 and 3 ms. */
function checkP99(name: string, handlers: string, expected: number | undefined): void {
  test(name, () => {
    let nowMs = 0;
    const times = new HandlerTimes(() => nowMs);
    for (const [key = "", ms = ""] of handlers.split(" ").filter((word) => word !== "").map((word) => word.split(":"))) {
      equal(times.measure(key, () => (nowMs += Number(ms))), nowMs);
    }
    equal(times.p99Ms(), expected);
  });
}

const range = (count: number, write: (index: number) => string): string => Array.from({ length: count }, (_, index) => write(index)).join(" ");
checkP99("nothing was typed", "", undefined);
checkP99("the handlers of one change count together", "1:5 1:2", 7);
checkP99("one slow change among a hundred is left out", range(100, (index) => `${index}:${index === 50 ? 90 : 1}`), 1);
checkP99("two slow ones are not", range(100, (index) => `${index}:${index === 50 || index === 60 ? 90 : 1}`), 90);
checkP99("old changes are forgotten", range(1_100, (index) => `${index}:${index < 100 ? 90 : 1}`), 1);
test("a handler that throws is counted too", () => {
  let nowMs = 0;
  const times = new HandlerTimes(() => nowMs);
  let thrown: unknown;
  try {
    times.measure("1", () => {
      nowMs += 4;
      throw new RangeError("of the test");
    });
  } catch (error) {
    thrown = error;
  }
  equal(thrown instanceof RangeError, true);
  equal(times.p99Ms(), 4);
});
