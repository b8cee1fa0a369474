; Functions, classes and indented bodies of Python; a decorated definition begins at its decorators.
(function_definition) @function
(decorated_definition definition: (function_definition)) @function
(lambda) @function

(class_definition) @class
(decorated_definition definition: (class_definition)) @class

(block) @block
(dictionary) @block
