; Functions, types, namespaces and braced bodies of C++.
(function_definition) @function
(lambda_expression) @function

(class_specifier body: (_)) @class
(struct_specifier body: (_)) @class
(union_specifier body: (_)) @class
(enum_specifier body: (_)) @class
(namespace_definition) @class

(compound_statement) @block
(field_declaration_list) @block
(declaration_list) @block
(enumerator_list) @block
(initializer_list) @block
