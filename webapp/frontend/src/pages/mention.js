// "@" in a comment offers colleagues; the chosen one's id is kept in a hidden field beside the text.
import { on } from './dom.js'

const FIELD = '[data-mentions]'
const BEGUN = /(?:^|[^A-Za-z0-9._-])@([^\s@]{0,30})$/

function listOf(field) {
  return document.getElementById(field.getAttribute('aria-controls'))
}

function begun(field) {
  return BEGUN.exec(field.value.slice(0, field.selectionStart))?.[1]
}

function show(field, shown) {
  listOf(field).hidden = !shown
  if (!shown) field.removeAttribute('aria-activedescendant')
}

async function look(field) {
  const asked = begun(field)
  if (asked === undefined) return show(field, false)
  const url = new URL(field.dataset.mentions, location.href)
  url.searchParams.set('q', asked)
  const answer = await fetch(url, { headers: { 'HX-Request': 'true' }, credentials: 'same-origin' }).catch(() => null)
  const found = answer?.ok ? await answer.text() : ''
  if (begun(field) !== asked) return
  const list = listOf(field)
  list.removeAttribute('aria-busy')
  list.innerHTML = found
  list.querySelectorAll('[data-pick]').forEach((choice, index) => {
    choice.role = 'option'
    choice.id = `${list.id}-${index}`
    choice.tabIndex = -1
    choice.classList.add('kt-menu-item')
    choice.setAttribute('aria-selected', String(index === 0))
  })
  show(field, list.children.length > 0)
}

// While an answer is under way the list shows who fitted other letters: nobody of it can be chosen.
function choose(field, choice) {
  if (!choice || listOf(field).ariaBusy === 'true') return
  const end = field.selectionStart
  const start = end - begun(field).length
  field.setRangeText(`${choice.dataset.words} `, start, end, 'end')
  const kept = document.createElement('input')
  Object.assign(kept, { type: 'hidden', name: 'mention', value: choice.dataset.pick })
  field.closest('[data-mention-field]').prepend(kept)
  show(field, false)
  field.focus()
}

function move(field, by) {
  const choices = [...listOf(field).querySelectorAll('[data-pick]')]
  const at = choices.findIndex((choice) => choice.getAttribute('aria-selected') === 'true')
  const next = choices[(at + by + choices.length) % choices.length]
  choices.forEach((choice) => choice.setAttribute('aria-selected', String(choice === next)))
  next.scrollIntoView({ block: 'nearest' })
  field.setAttribute('aria-activedescendant', next.id)
}

function onKey(event, field) {
  if (listOf(field).hidden || event.isComposing) return
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') move(field, event.key === 'ArrowDown' ? 1 : -1)
  else if (event.key === 'Enter' || event.key === 'Tab') choose(field, listOf(field).querySelector('[aria-selected="true"]'))
  else if (event.key === 'Escape') show(field, false)
  else return
  event.preventDefault()
  event.stopPropagation()
}

export function startMentions() {
  const timers = new WeakMap()
  on('input', FIELD, (_, field) => {
    listOf(field).ariaBusy = 'true'
    clearTimeout(timers.get(field))
    timers.set(field, setTimeout(() => look(field), 200))
  })
  on('keydown', FIELD, onKey, true)
  on('pointerdown', '[data-mention-field] [data-pick]', (event) => event.preventDefault())
  on('click', '[data-mention-field] [data-pick]', (_, choice) => choose(choice.closest('[data-mention-field]').querySelector(FIELD), choice))
  on('focusout', FIELD, (_, field) => show(field, false))
}
