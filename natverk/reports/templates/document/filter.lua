-- Puts the parts of a manuscript that pandoc has no writer for into the code of Typst, or of Word.

local typst = FORMAT == 'typst'
local function code(text)
  return pandoc.RawBlock(typst and 'typst' or 'openxml', text)
end

local function framed(open, blocks)
  local all = pandoc.List({ code(open .. '[') })
  all:extend(blocks)
  all:insert(code(']'))
  return all
end

local wrappers = { Question = '#nv-question', Answer = '#nv-answer', Notice = '#nv-notice', About = '#nv-about', Fine = '#nv-fine',
  ['Lead-in'] = '#nv-lead-in' }

local function picture(div)
  local caption
  div:walk({ Figure = function(figure) caption = figure.caption.long end })
  if caption and #caption > 0 then
    return framed('#nv-figure(' .. div.attributes.n .. ')', caption)
  end
  return { code('#nv-figure(' .. div.attributes.n .. ', none)') }
end

-- Word numbers lists by styles that cannot write [1]: the entries of the bibliography carry their number as text.
local function bibliography(div)
  local entries = pandoc.List()
  for _, list in ipairs(div.content) do
    for number, item in ipairs(list.content or {}) do
      local start = list.listAttributes and list.listAttributes.start or 1
      local mark = pandoc.RawInline('openxml', '<w:r><w:t>[' .. (start + number - 1) .. ']</w:t></w:r><w:r><w:tab/></w:r>')
      local text = pandoc.utils.blocks_to_inlines(item)
      text:insert(1, mark)
      entries:insert(pandoc.Para(text))
    end
  end
  return pandoc.Div(entries, pandoc.Attr('', {}, { ['custom-style'] = 'Bibliography' }))
end

local function escaped(text)
  return (text:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'))
end

-- A table of contents that is there when the file is opened, with links; Word adds page numbers when asked to update it.
local function contents(headings, title)
  local parts = pandoc.List({ '<w:p><w:pPr><w:pStyle w:val="TOCHeading"/></w:pPr><w:r><w:t>' .. escaped(title) .. '</w:t></w:r></w:p>' })
  for place, heading in ipairs(headings) do
    local first = place == 1 and '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>' or ''
    local last = place == #headings and '<w:r><w:fldChar w:fldCharType="end"/></w:r>' or ''
    parts:insert('<w:p><w:pPr><w:pStyle w:val="TOC' .. heading.level .. '"/></w:pPr>' .. first
      .. '<w:hyperlink w:anchor="' .. heading.id .. '" w:history="1"><w:r><w:t xml:space="preserve">' .. escaped(heading.text)
      .. '</w:t></w:r></w:hyperlink>' .. last .. '</w:p>')
  end
  return #headings > 0 and code(table.concat(parts)) or code('')
end

local function section(width, height, turned)
  return code('<w:p><w:pPr><w:pStyle w:val="SectionEnd"/><w:sectPr><w:type w:val="nextPage"/><w:pgSz w:w="' .. width .. '" w:h="' .. height .. '"'
    .. (turned and ' w:orient="landscape"' or '') .. '/><w:pgMar w:top="1361" w:right="1247" w:bottom="1474" w:left="1247" w:header="709" w:footer="709" w:gutter="0"/></w:sectPr></w:pPr></w:p>')
end

function Pandoc(doc)
  local headings = pandoc.List()
  doc:walk({ Header = function(header)
    if header.level <= 2 and header.identifier ~= '' then
      headings:insert({ level = header.level, id = header.identifier, text = pandoc.utils.stringify(header) })
    end
  end })
  local title = doc.meta.contents and pandoc.utils.stringify(doc.meta.contents) or ''
  return doc:walk({
    Span = typst and function(span)
      local all = pandoc.List(span.content)
      if span.attributes.lang then
        all:insert(1, pandoc.RawInline('typst', '#text(lang: "' .. span.attributes.lang .. '")['))
        all:insert(pandoc.RawInline('typst', ']'))
      end
      if span.identifier ~= '' then
        all:insert(1, pandoc.RawInline('typst', '#[#metadata(none) <' .. span.identifier .. '>]'))
      end
      return all
    end or nil,
    Div = function(div)
      local is = function(name) return div.classes:includes(name) end
      local style = div.attributes['custom-style']
      if is('nv-contents') then
        return typst and code('#nv-contents()') or contents(headings, title)
      elseif not typst then
        if is('nv-sources') then return bibliography(div) end
        if is('nv-table') and div.attributes.turned then
          local all = pandoc.List({ section(11906, 16838, false) })
          all:extend(div.content)
          all:insert(section(16838, 11906, true))
          return all
        end
        return div
      elseif is('nv-figure') then
        return picture(div)
      elseif is('nv-table') then
        return framed('#nv-table(' .. div.attributes.n .. ')', div.content)
      elseif is('nv-sources') then
        return framed('#nv-sources', div.content)
      elseif is('nv-facts') then
        return framed('#nv-facts', div.content)
      elseif style and wrappers[style] then
        return framed(wrappers[style], div.content)
      end
      return div.content
    end,
  })
end
