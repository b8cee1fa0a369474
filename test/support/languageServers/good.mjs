// Does as it should.
import { converse, property } from "./converse.mjs";

converse(() => ({ isIncomplete: false, items: ["alpha", "beta"].map(property) }));
