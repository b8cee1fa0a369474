; Rules and braced bodies of CSS.
(rule_set) @class
(block) @block
(keyframe_block_list) @block
