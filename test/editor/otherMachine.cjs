// Owns another machine for the tests: what this process reads below some places comes from other folders, so that there is a
// battery, or a graphics card; and some programs are others. So the extension is the one that is shipped, and has no way in for
// tests. See tappedExtension.ts.
const files = require("node:fs/promises");
const { delimiter } = require("node:path");

/** @param places pairs of a place and the folder that is looked in instead; @param programs a folder of programs, or undefined */
module.exports = function otherMachine({ places, programs }) {
  const there = (path) => {
    const [place, folder] = places.find(([known]) => typeof path === "string" && path.startsWith(known)) ?? [];
    return place === undefined ? path : folder + path.slice(place.length);
  };
  for (const name of ["access", "readdir", "readFile"]) {
    const original = files[name];
    files[name] = (path, ...rest) => original(there(path), ...rest);
  }
  // The editor takes PATH from a login shell: what it was started with doesn't count.
  if (programs !== undefined) process.env.PATH = [programs, process.env.PATH].join(delimiter);
};
