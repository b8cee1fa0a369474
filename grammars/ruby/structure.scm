; Methods, classes and bodies of Ruby up to their `end` or closing brace.
(method) @function
(singleton_method) @function
(lambda) @function

(class) @class
(singleton_class) @class
(module) @class

(body_statement) @block
(block) @block
(do_block) @block
(then) @block
(else) @block
(do) @block
(begin) @block
(case) @block
(hash) @block
