// Where the middle of the prompt begins, case by case: line numbers only.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { anchorLineFor, defaultAnchorRule } from "../../../sidecar/prompt/anchor";

interface Where {
  readonly cursor: number;
  readonly had?: number;
  readonly first?: number;
}

function checkAnchor(name: string, { cursor, had, first = 0 }: Where, expected: number): void {
  test(name, () => equal(anchorLineFor(cursor, had, first, defaultAnchorRule), expected));
}

checkAnchor("a new anchor is set eight lines above", { cursor: 20 }, 12);
checkAnchor("not above the start of the text", { cursor: 3 }, 0);
checkAnchor("not above the start of the window", { cursor: 20, first: 15 }, 15);
checkAnchor("the cursor on the window's first line", { cursor: 15, first: 15 }, 15);
checkAnchor("it stays while the cursor goes down", { cursor: 44, had: 12 }, 12);
checkAnchor("it moves when the cursor is too far below", { cursor: 45, had: 12 }, 37);
checkAnchor("it stays while the cursor goes up", { cursor: 14, had: 12 }, 12);
checkAnchor("it moves when there is too little above the cursor", { cursor: 13, had: 12 }, 5);
checkAnchor("it moves when the cursor is above it", { cursor: 10, had: 12 }, 2);
checkAnchor("at the start of the text nothing above is needed", { cursor: 0, had: 0 }, 0);
checkAnchor("nor on the line below it", { cursor: 1, had: 0 }, 0);
checkAnchor("an anchor above the window is none", { cursor: 20, had: 12, first: 14 }, 14);
