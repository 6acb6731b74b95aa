// Search-and-choose fields: answers of the source are buttons <button data-pick="id">words</button>.
import { on, text } from './dom.js'

const FIELD = '[data-pick-source]'

function parts(field) {
  const box = field.closest('[data-pick-field]')
  return { value: box.querySelector('[data-pick-value]'), list: box.querySelector('[role=listbox]') }
}

function show(field, shown) {
  parts(field).list.hidden = !shown
  field.setAttribute('aria-expanded', String(shown))
}

async function look(field) {
  const { list } = parts(field)
  const url = new URL(field.dataset.pickSource, location.href)
  url.searchParams.set('q', field.value)
  const asked = field.value
  const answer = await fetch(url, { headers: { 'HX-Request': 'true' }, credentials: 'same-origin' }).catch(() => null)
  const found = answer?.ok ? await answer.text() : ''
  if (field.value !== asked) return
  list.removeAttribute('aria-busy')
  list.innerHTML = found
  list.querySelectorAll('[data-pick]').forEach((choice, index) => {
    choice.type = 'button'
    choice.role = 'option'
    choice.id = `${list.id}-${index}`
    choice.tabIndex = -1
    choice.classList.add('kt-menu-item')
  })
  if (answer?.ok && !list.children.length && asked.trim()) list.append(nothingFound())
  show(field, list.children.length > 0)
}

function nothingFound() {
  const line = document.createElement('div')
  line.className = 'kt-menu-none'
  line.textContent = text('nothing_found')
  return line
}

// While an answer is under way the list shows what fitted other words: nothing of it can be chosen.
function choose(field, choice) {
  const { value, list } = parts(field)
  if (list.ariaBusy === 'true') return
  value.value = choice.dataset.pick
  field.value = choice.dataset.words ?? choice.textContent.trim()
  field.setCustomValidity('')
  show(field, false)
  value.dispatchEvent(new Event('change', { bubbles: true }))
}

function move(field, by) {
  const choices = [...parts(field).list.querySelectorAll('[data-pick]')]
  const at = choices.findIndex((choice) => choice.getAttribute('aria-selected') === 'true')
  const next = choices[(at + by + choices.length) % choices.length]
  choices.forEach((choice) => choice.setAttribute('aria-selected', String(choice === next)))
  next?.scrollIntoView({ block: 'nearest' })
  if (next) field.setAttribute('aria-activedescendant', next.id)
}

function onKey(event, field) {
  const { list } = parts(field)
  if (event.key === 'Enter' && list.ariaBusy === 'true') return event.preventDefault()
  if (list.hidden) return
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault()
    move(field, event.key === 'ArrowDown' ? 1 : -1)
  } else if (event.key === 'Enter') {
    event.preventDefault()
    const chosen = list.querySelector('[aria-selected="true"]') ?? list.querySelector('[data-pick]')
    if (chosen) choose(field, chosen)
  } else if (event.key === 'Escape') {
    show(field, false)
  }
}

export function startPick() {
  const timers = new WeakMap()
  on('input', FIELD, (_, field) => {
    const { value, list } = parts(field)
    value.value = ''
    list.ariaBusy = 'true'
    clearTimeout(timers.get(field))
    timers.set(field, setTimeout(() => look(field), 250))
  })
  on('focusin', FIELD, (_, field) => {
    if (!field.readOnly && !parts(field).value.value) look(field)
  })
  on('keydown', FIELD, onKey)
  on('pointerdown', '.kt-pick-list [data-pick]', (event) => event.preventDefault())
  on('click', '.kt-pick-list [data-pick]', (_, choice) => choose(choice.closest('[data-pick-field]').querySelector(FIELD), choice))
  on('focusout', FIELD, (_, field) => show(field, false))
}
