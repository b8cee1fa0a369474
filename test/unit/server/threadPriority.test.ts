// How the engine thread steps back for idle work, by system and by what its user may do; and that it always comes back.
import assert from "node:assert/strict";
import { getPriority } from "node:os";
import { test } from "node:test";
import { ThreadPriority, type PriorityHost } from "../../../sidecar/server/threadPriority";

/** Lowered twice, restored twice: what the system was asked for. */
function checkPriority(name: string, host: Partial<PriorityHost>, expected: readonly number[]): void {
  test(name, () => {
    const asked: number[] = [];
    const priority = new ThreadPriority({ platform: "linux", text: () => "", set: (value) => asked.push(value), ...host });
    priority.restore();
    priority.lower();
    priority.lower();
    priority.restore();
    priority.restore();
    assert.deepEqual(asked, expected);
  });
}

const files = (status: string, limits = "") => ({ text: (path: string) => (path.endsWith("status") ? status : limits) });
checkPriority("an ordinary user on Linux couldn't rise again", files("CapEff:\t0000000000000000\n", "Max nice priority         0    0"), []);
checkPriority("one with the capability can", files("Name:\tnode\nCapEff:\t0000000000800000\n"), [10, 0]);
checkPriority("one whose limit is 20 can", files("CapEff:\t0000000000000000\n", "Max cpu time  unlimited\nMax nice priority         20                   20\n"), [10, 0]);
checkPriority("a Linux that says nothing", files(""), []);
checkPriority("Windows", { platform: "win32" }, [10, 0]);
checkPriority("macOS", { platform: "darwin" }, []);
checkPriority("a system that says no after all is asked again", { ...files("CapEff:\tffffffffffffffff"), set: () => { throw new Error("EACCES"); } }, []);

test("here, the thread ranks as before afterwards", () => {
  const before = getPriority(0);
  const priority = new ThreadPriority();
  priority.lower();
  priority.restore();
  assert.equal(getPriority(0), before);
});
