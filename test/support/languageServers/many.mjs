// Knows 100,000 names.
import { converse, property } from "./converse.mjs";

converse(() => Array.from({ length: 100_000 }, (_, index) => property(`name${index}`)));
