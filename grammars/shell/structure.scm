; Functions and bodies of shell scripts.
(function_definition) @function

(compound_statement) @block
(subshell) @block
(do_group) @block
(if_statement) @block
(case_statement) @block
