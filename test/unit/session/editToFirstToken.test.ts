// From when on the time to the first token runs: `e4@10` is an edit that ends at 4 and arrives at 10 ms, `c` a cursor move,
// `r` a request, `?` one that leaves no place; the document was opened at 0.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { EditToFirstToken } from "../../../sidecar/session/editToFirstToken";
import { utf16 } from "../../../sidecar/text/frames";

function checkLatency(name: string, events: string, firstTokenAtMs: number, expected: number): void {
  test(name, () => {
    const latency = new EditToFirstToken(0);
    for (const [, kind, place = "", at] of events.matchAll(/([ecr])(\d+|\?)@(\d+)/g)) {
      if (kind === "r") latency.asked(utf16(Number(place)), Number(at));
      else latency.moved(place === "?" ? undefined : utf16(Number(place)), Number(at));
    }
    equal(latency.untilMs(firstTokenAtMs), expected);
  });
}

checkLatency("from the edit, where the request is at its end", "e4@10 r4@30", 50, 40);
checkLatency("from the last of several edits", "e4@10 e5@20 r5@30", 50, 30);
checkLatency("from the cursor's move, where that came later", "e4@10 c9@20 r9@30", 50, 30);
checkLatency("from the request, where the user wasn't seen there", "e4@10 r9@30", 50, 20);
checkLatency("a request that is repeated starts nothing anew", "e4@10 r4@30 r4@60", 70, 60);
checkLatency("a move that leaves no place starts it, and the user is where he was", "c4@10 c?@20 r4@30", 50, 30);
checkLatency("the first request in a document that was opened", "r0@30", 50, 20);
