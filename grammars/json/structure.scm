; Objects and arrays of JSON.
(object) @block
(array) @block
