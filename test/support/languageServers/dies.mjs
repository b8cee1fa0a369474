// Ends in the middle of the answer to its second list.
import { converse, property } from "./converse.mjs";

let lists = 0;
converse(() => {
  lists += 1;
  if (lists < 3) return [property("alpha")];
  process.stdout.write("Content-Length: 1000\r\n\r\n{\"jsonrpc\":");
  process.exit(7);
});
