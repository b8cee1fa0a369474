; Functions, types and braced bodies of C.
(function_definition) @function

(struct_specifier body: (_)) @class
(union_specifier body: (_)) @class
(enum_specifier body: (_)) @class

(compound_statement) @block
(field_declaration_list) @block
(enumerator_list) @block
(initializer_list) @block
