; Functions, types with their implementations, and braced bodies of Rust.
(function_item) @function
(closure_expression) @function

(struct_item) @class
(enum_item) @class
(union_item) @class
(trait_item) @class
(impl_item) @class
(mod_item) @class

(block) @block
(declaration_list) @block
(field_declaration_list) @block
(enum_variant_list) @block
(field_initializer_list) @block
(match_block) @block
(macro_definition) @block
