-- Drives a headless Neovim through one completion, typed as a person types, and writes what was seen as JSON lines.
-- Started by neovim.test.ts with the environment: PALIMPSEST_ROOT, PALIMPSEST_NODE, PALIMPSEST_SEEN.
local root = os.getenv("PALIMPSEST_ROOT")
package.path = root .. "/docs/editors/?.lua;" .. package.path
local palimpsest = require("palimpsest")
local seen = io.open(os.getenv("PALIMPSEST_SEEN"), "w")

local function tell(what)
  seen:write(vim.json and vim.json.encode(what) or vim.fn.json_encode(what), "\n")
  seen:flush()
end

local function keys(text)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(text, true, false, true), "t", false)
end

palimpsest.setup({ cmd = { os.getenv("PALIMPSEST_NODE"), root .. "/dist/sidecar.js", "--stdio" } })
vim.keymap.set("i", "<C-l>", palimpsest.accept)
vim.cmd("filetype on")
vim.cmd("edit sum.py")

-- Each step begins when the one before it has shown what it waits for.
local steps = {
  { "type", function() keys("idef add(first, second):<CR>    return first +") end, function() return palimpsest.shown() ~= nil end },
  { "accept", function() tell({ shown = palimpsest.shown().insertText }) keys("<C-l>") end, function()
    return palimpsest.shown() == nil and vim.api.nvim_buf_get_lines(0, 1, 2, true)[1] ~= "    return first +"
  end },
  { "end", function()
    tell({ lines = vim.api.nvim_buf_get_lines(0, 0, -1, true), cursor = vim.api.nvim_win_get_cursor(0) })
    vim.cmd("qa!")
  end, function() return true end },
}

local at, begun = 1, false
local timer = vim.loop.new_timer()
timer:start(200, 50, vim.schedule_wrap(function()
  local step = steps[at]
  if step == nil then return end
  if not begun then
    begun = true
    step[2]()
  elseif step[3]() then
    at, begun = at + 1, false
  end
end))
