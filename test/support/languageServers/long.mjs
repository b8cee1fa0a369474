// Answers with a message that is too long to be read.
import { converse, property } from "./converse.mjs";

converse(() => [property("x".repeat(20_000_000))]);
