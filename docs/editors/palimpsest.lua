-- Ghost text from Palimpsest in Neovim 0.7 to 0.11, which speak LSP but not its inline completion. Neovim 0.12 has that
-- built in: see other-editors.md beside this file's folder. Put it on the runtime path as lua/palimpsest.lua, then:
--   require("palimpsest").setup({ cmd = { "node", "PATH/dist/sidecar.js", "--stdio" } })
--   vim.keymap.set("i", "<C-l>", require("palimpsest").accept)
local M = {}

local namespace = vim.api.nvim_create_namespace("palimpsest")
-- There is no default cmd: no name of a package is looked up and run that somebody else could have published.
local defaults = { delay_ms = 80, filetypes = nil }
local state = { options = defaults, client_id = nil, shown = nil, timer = nil, cancel = nil, outcome = nil }

local function clear()
  if state.shown ~= nil and vim.api.nvim_buf_is_valid(state.shown.buffer) then
    vim.api.nvim_buf_clear_namespace(state.shown.buffer, namespace, 0, -1)
  end
  state.shown = nil
end

local function cancel()
  if state.cancel ~= nil then state.cancel() end
  state.cancel = nil
end

-- The first line stands behind the cursor, the others below it.
local function show(buffer, item)
  clear()
  local lines = vim.split(item.insertText, "\n", { plain = true })
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local below = {}
  for index = 2, #lines do below[#below + 1] = { { lines[index], "Comment" } } end
  vim.api.nvim_buf_set_extmark(buffer, namespace, row - 1, column, {
    virt_text = { { lines[1], "Comment" } },
    virt_text_pos = "overlay",
    virt_lines = #below > 0 and below or nil,
  })
  state.shown = { buffer = buffer, item = item, tick = vim.api.nvim_buf_get_changedtick(buffer) }
end

local function client()
  return state.client_id ~= nil and vim.lsp.get_client_by_id(state.client_id) or nil
end

-- Asks for the cursor as it is; an answer for a text or a cursor that has gone on is thrown away.
local function request(buffer, kind)
  local current = client()
  if current == nil or not vim.api.nvim_buf_is_valid(buffer) then return end
  cancel()
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local params = vim.lsp.util.make_position_params(0, current.offset_encoding)
  params.context = { triggerKind = kind }
  local ok, id = current.request("textDocument/inlineCompletion", params, function(problem, result)
    state.cancel = nil
    if problem ~= nil or result == nil then return end
    local items = result.items or result
    local now = vim.api.nvim_win_get_cursor(0)
    local is_current = vim.api.nvim_buf_get_changedtick(buffer) == tick and now[1] == cursor[1] and now[2] == cursor[2]
    if is_current and #items > 0 and vim.fn.mode() == "i" then show(buffer, items[1]) end
  end, buffer)
  if ok then state.cancel = function() current.cancel_request(id) end end
end

local function later(buffer)
  clear()
  cancel()
  if state.timer ~= nil then state.timer:stop() end
  state.timer = vim.defer_fn(function() request(buffer, 2) end, state.options.delay_ms)
end

local function attach(buffer)
  local type = vim.bo[buffer].filetype
  local wanted = state.options.filetypes
  if vim.bo[buffer].buftype ~= "" or (wanted ~= nil and not vim.tbl_contains(wanted, type)) then return end
  if client() == nil then
    state.client_id = vim.lsp.start_client({
      name = "palimpsest",
      cmd = state.options.cmd,
      root_dir = vim.fn.getcwd(),
      flags = { debounce_text_changes = 0, allow_incremental_sync = true },
      handlers = {
        -- What was typed while the model loaded gets its suggestion once it is ready.
        ["palimpsest/modelStatus"] = function(_, status)
          if status.state.kind == "ready" and vim.fn.mode() == "i" then later(vim.api.nvim_get_current_buf()) end
        end,
        ["palimpsest/outcome"] = function(_, told) state.outcome = told.outcome end,
      },
      get_language_id = function(_, filetype) return filetype == "sh" and "shellscript" or filetype end,
    })
  end
  if state.client_id ~= nil then vim.lsp.buf_attach_client(buffer, state.client_id) end
end

--- Puts the ghost text into the buffer; false where none is shown.
function M.accept()
  local shown = state.shown
  if shown == nil or vim.api.nvim_buf_get_changedtick(shown.buffer) ~= shown.tick then return false end
  local item = shown.item
  clear()
  local edit = { range = item.range, newText = item.insertText }
  vim.schedule(function()
    vim.lsp.util.apply_text_edits({ edit }, shown.buffer, client().offset_encoding)
    local lines = vim.split(edit.newText, "\n", { plain = true })
    local row = edit.range.start.line + #lines
    local before = #lines == 1 and vim.str_byteindex(vim.api.nvim_buf_get_lines(shown.buffer, row - 1, row, true)[1], edit.range.start.character, true) or 0
    vim.api.nvim_win_set_cursor(0, { row, before + #lines[#lines] })
  end)
  return true
end

--- Asks now, as by a key.
function M.complete() request(vim.api.nvim_get_current_buf(), 1) end

--- Why the latest request showed what it showed: a kind from docs/protocol.md, with a detail where there is one.
function M.outcome() return state.outcome end

--- The item that is shown, for status lines and tests.
function M.shown() return state.shown and state.shown.item or nil end

function M.setup(options)
  state.options = vim.tbl_extend("force", defaults, options or {})
  local cmd = state.options.cmd
  if type(cmd) ~= "table" or #cmd == 0 then error('palimpsest: setup needs cmd, as { "node", "PATH/dist/sidecar.js", "--stdio" }', 0) end
  local group = vim.api.nvim_create_augroup("palimpsest", { clear = true })
  vim.api.nvim_create_autocmd("FileType", { group = group, callback = function(event) attach(event.buf) end })
  vim.api.nvim_create_autocmd({ "TextChangedI", "CursorMovedI" }, { group = group, callback = function(event) later(event.buf) end })
  vim.api.nvim_create_autocmd("InsertLeave", { group = group, callback = function() clear() cancel() end })
end

return M
