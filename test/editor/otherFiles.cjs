// Owns another machine for the tests: what this process reads below some places comes from other folders, so that there is a
// battery, or a graphics card. So the extension is the one that is shipped, and has no way in for tests. See tappedExtension.ts.
const files = require("node:fs/promises");

/** @param places pairs of a place and the folder that is looked in instead */
module.exports = function readFrom(places) {
  const there = (path) => {
    const [place, folder] = places.find(([known]) => typeof path === "string" && path.startsWith(known)) ?? [];
    return place === undefined ? path : folder + path.slice(place.length);
  };
  for (const name of ["access", "readdir", "readFile"]) {
    const original = files[name];
    files[name] = (path, ...rest) => original(there(path), ...rest);
  }
};
