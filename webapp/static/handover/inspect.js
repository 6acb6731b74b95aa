// The inspector's page: homes, rooms, parts; kept on the phone, sent when there is network.
const root = document.getElementById('inspect')
const { Away, add, drop, heldWork, keepWork, put, sendAll, waiting } = await import(root.dataset.outbox)
const { drawing, shrunk } = await import(root.dataset.drawing)
const texts = JSON.parse(document.getElementById('inspect-texts').textContent)
const { reader, base, language } = root.dataset
let csrf = root.dataset.csrf
let work = { reader, cases: [] }
let box = []
let shown = location.hash.slice(1)
let away = ''
let busy = false
const open = new Set()
const typed = {}

const say = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), texts[name])
const newId = () => crypto.randomUUID()

function el(tag, given = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, '')
    else if (value !== false && value != null) made.setAttribute(name, value)
  }
  made.append(...children.filter((child) => child != null && child !== false))
  return made
}

const named = (thing) => thing[language] || thing.en
const key = (room, part) => `${room}/${part}`

// What stands of each part: as the house knows it, under what this phone has said since.
function standing(home) {
  const found = new Map(home.items.map((item) => [key(item.room, item.part), item]))
  for (const one of box) {
    if (one.kind !== 'entry' || one.case_id !== home.id || one.state === 'refused') continue
    const known = found.get(key(one.entry.room, one.entry.part))
    found.set(key(one.entry.room, one.entry.part), { ...one.entry, revision: known?.revision ?? 0, waits: true })
  }
  return found
}

async function enter(home, room, part, verdict, note = '') {
  const known = home.items.find((item) => item.room === room && item.part === part)
  const entry = { id: newId(), case_id: home.id, room, part, seen_revision: known?.revision ?? 0, verdict, note, made_at: new Date().toISOString() }
  await add({ kind: 'entry', reader, id: entry.id, case_id: home.id, entry })
  await later()
}

async function later() {
  box = await waiting(reader)
  draw()
  sync()
}

async function sync() {
  if (busy) return
  busy = true
  try {
    const answer = await fetch(`${base}work.json`, { redirect: 'manual' }).catch(() => { throw new Away('network') })
    if (!answer.ok) throw new Away(answer.type === 'opaqueredirect' || answer.status === 401 ? 'signed out' : 'network')
    const fresh = await answer.json()
    csrf = fresh.csrf
    if (fresh.reader !== reader) return location.reload()
    work = fresh
    await keepWork(work)
    const before = (await waiting(reader)).filter((one) => one.state === 'waiting').length
    await sendAll(reader, csrf, base, async () => { box = await waiting(reader); status() })
    if (before) {
      const again = await fetch(`${base}work.json`, { redirect: 'manual' })
      if (again.ok) { work = await again.json(); csrf = work.csrf; await keepWork(work) }
    }
    away = ''
  } catch (fault) {
    if (!(fault instanceof Away) && !(fault instanceof TypeError)) throw fault
    away = fault.message === 'signed out' ? 'signed out' : 'network'
  } finally {
    busy = false
    box = await waiting(reader)
    draw()
  }
  if (!away && box.some((one) => one.state === 'waiting' && one.kind !== 'visit')) sync()
}

function status() {
  const count = box.filter((one) => one.state === 'waiting').length
  const where = document.getElementById('inspect-status')
  const words = away === 'signed out' ? say('signed_out') : away || !navigator.onLine ? say('offline') : say('online')
  where.textContent = count ? `${words} · ${say('waiting', { count })}` : words
  where.dataset.away = away || !navigator.onLine ? 'yes' : 'no'
  where.dataset.waiting = count
}

function refusals(home) {
  const refused = box.filter((one) => one.state === 'refused' && (!home || one.case_id === home.id))
  return refused.map((one) =>
    el('div', { class: 'ki-refused', role: 'alert' }, el('strong', {}, say(`refused_${one.kind}`)), el('span', {}, one.words || say('refused')),
      el('div', { class: 'ki-buttons' },
        one.kind !== 'photo' && el('button', { type: 'button', class: 'btn btn-sm', onclick: async () => { await put({ ...one, state: 'waiting' }); later() } }, say('again')),
        el('button', { type: 'button', class: 'btn btn-sm', onclick: async () => { await drop(one.seq); later() } }, say('drop')))))
}

function homes() {
  if (!work.cases.length) return [el('p', { class: 'ki-empty' }, say('none'))]
  return work.cases.map((home) => {
    const parts = home.rooms.reduce((sum, room) => sum + room.parts.length, 0)
    return el('a', { class: 'ki-home', href: `#${home.id}` }, el('strong', {}, home.unit), el('span', {}, home.buyers.join('、')),
      el('span', { class: 'ki-quiet' }, [home.slot, home.state_words, say('looked_at', { done: standing(home).size, all: parts })].filter(Boolean).join(' · ')))
  })
}

function versions(home) {
  const version = (label, one) => el('div', { class: 'ki-version' }, el('b', {}, `${label}: ${one.by}`), el('span', {}, `${say(one.verdict)} ${one.note}`))
  return home.conflicts.map((one) => {
    const room = home.rooms.find((found) => found.code === one.room)
    const part = room?.parts.find((found) => found.code === one.part)
    const decide = async (choice) => {
      const answer = await fetch(`${base}conflicts/${one.entry_id}`, { method: 'POST', body: JSON.stringify({ choice }), headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrf } }).catch(() => null)
      if (answer) sync()
    }
    return el('div', { class: 'ki-conflict', role: 'alert' }, el('strong', {}, say('conflict', { part: `${room ? named(room) : one.room} · ${part ? named(part) : one.part}` })),
      version(say('theirs'), one.standing), version(say('entered'), one.entered),
      el('div', { class: 'ki-buttons' },
        el('button', { type: 'button', class: 'btn btn-sm', 'data-choice': 'standing', onclick: () => decide('standing') }, say('keep_theirs')),
        el('button', { type: 'button', class: 'btn btn-sm', 'data-choice': 'entered', onclick: () => decide('entered') }, say('keep_entered'))))
  })
}

function partRow(home, room, part, found) {
  const here = key(room.code, part.code)
  const said = found.get(here)
  const draft = `${home.id}/${here}`
  const words = el('input', { class: 'form-control', 'aria-label': say('wrong'), placeholder: say('wrong'), maxlength: 500, oninput: (event) => { typed[draft] = event.target.value } })
  words.value = typed[draft] ?? (said?.verdict === 'defect' ? said.note : '')
  const bad = async (event) => {
    if (!words.value.trim()) { words.focus(); words.setAttribute('aria-invalid', 'true'); return }
    delete typed[draft]
    await enter(home, room.code, part.code, 'defect', words.value.trim())
  }
  const takes = async (event) => {
    for (const file of event.target.files) {
      await add({ kind: 'photo', reader, id: newId(), case_id: home.id, room: room.code, part: part.code, content: await shrunk(file) })
    }
    await later()
  }
  const count = home.photos.filter((one) => one.room === room.code && one.part === part.code).length +
    box.filter((one) => one.kind === 'photo' && one.state === 'waiting' && one.case_id === home.id && one.room === room.code && one.part === part.code).length
  const repair = home.repairs.find((one) => one.room === room.code && one.part === part.code)
  return el('li', { class: 'ki-part', 'data-part': here, 'data-verdict': said?.verdict ?? '' },
    el('div', { class: 'ki-part-name' }, el('span', {}, named(part)), el('span', { class: 'ki-quiet' }, [said ? say(said.verdict) : say('not_yet'), repair && say(`repair_${repair.state}`), count ? say('photos', { count }) : '', said?.waits ? say('waits') : said && !said.mine ? said.by : ''].filter(Boolean).join(' · '))),
    el('div', { class: 'ki-buttons' },
      el('button', { type: 'button', class: 'btn btn-sm', 'aria-pressed': String(said?.verdict === 'ok'), onclick: () => enter(home, room.code, part.code, 'ok') }, say('ok')),
      el('button', { type: 'button', class: 'btn btn-sm', 'aria-pressed': String(said?.verdict === 'defect'), onclick: bad }, say('defect')),
      el('label', { class: 'btn btn-sm' }, say('photo'), el('input', { type: 'file', accept: 'image/*', capture: 'environment', class: 'visually-hidden', onchange: takes }))),
    words)
}

function roomBlock(home, room, found) {
  const done = room.parts.filter((part) => found.has(key(room.code, part.code))).length
  const all = async () => {
    for (const part of room.parts) if (!found.has(key(room.code, part.code))) await enter(home, room.code, part.code, 'ok')
  }
  const name = `${home.id}/${room.code}`
  return el('details', { class: 'ki-room', 'data-room': room.code, open: open.has(name), ontoggle: (event) => (event.target.open ? open.add(name) : open.delete(name)) },
    el('summary', {}, el('span', {}, named(room)), el('span', { class: 'ki-quiet' }, `${done}/${room.parts.length}`)),
    done < room.parts.length && el('button', { type: 'button', class: 'btn btn-sm ki-all', onclick: all }, say('rest_ok')),
    el('ul', {}, ...room.parts.map((part) => partRow(home, room, part, found))))
}

function signature(home) {
  const canvas = el('canvas', { width: 600, height: 220, class: 'ki-signature', 'aria-label': say('signature') })
  const pen = drawing(canvas)
  const problem = el('p', { class: 'ki-problem', role: 'alert' })
  const choice = (name, value, label, checked = false) => el('label', { class: 'ki-choice' }, el('input', { type: 'radio', name, value, checked }), el('span', {}, label))
  const form = el('form', { class: 'ki-sign' }, el('h2', {}, say('sign')),
    el('div', { class: 'ki-choices' }, choice('outcome', 'accepted', say('accepted'), home.keys_given), !home.keys_given && choice('outcome', 'refused', say('refused_home'))),
    !home.keys_given && el('label', {}, say('reason'), el('textarea', { name: 'reason', class: 'form-control', rows: 2, maxlength: 500 })),
    el('label', {}, say('signer'), el('input', { name: 'signer', class: 'form-control', maxlength: 80, autocomplete: 'off' })),
    el('div', {}, el('span', {}, say('signature')), canvas, el('button', { type: 'button', class: 'btn btn-sm', onclick: () => pen.clear() }, say('clear'))),
    el('fieldset', { class: 'ki-choices' }, el('legend', {}, say('satisfied')), ...[1, 2, 3, 4, 5].map((score) => choice('satisfaction', score, String(score)))),
    problem, el('button', { class: 'btn btn-primary' }, say('finish')))
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const given = new FormData(form)
    const lacks = !given.get('outcome') ? 'need_outcome' : given.get('outcome') === 'refused' && !given.get('reason')?.trim() ? 'need_reason' : !given.get('signer').trim() ? 'need_signer' : !pen.isDrawn() ? 'need_signature' : ''
    problem.textContent = lacks ? say(lacks) : ''
    if (lacks) return
    const visit = { case_id: home.id, outcome: given.get('outcome'), reason: given.get('reason') ?? '', signer: given.get('signer'), signature: pen.picture(), satisfaction: Number(given.get('satisfaction') || 0) }
    await add({ kind: 'visit', reader, id: newId(), case_id: home.id, visit })
    location.hash = ''
    await later()
  })
  return form
}

let signing = null
function homePage(home) {
  const found = standing(home)
  const waits = box.some((one) => one.kind === 'visit' && one.case_id === home.id && one.state === 'waiting')
  if (signing?.id !== home.id) signing = { id: home.id, form: signature(home) }
  return [
    el('a', { class: 'ki-back', href: '#' }, `‹ ${say('homes')}`),
    el('h1', {}, home.unit, ' ', el('small', {}, home.buyers.join('、'))),
    el('p', { class: 'ki-quiet' }, [home.slot, home.state_words].filter(Boolean).join(' · ')),
    ...refusals(home), ...versions(home),
    !home.ready && el('p', { class: 'ki-empty' }, say('not_ready')),
    ...(home.ready ? home.rooms.map((room) => roomBlock(home, room, found)) : []),
    waits && el('p', { class: 'ki-empty' }, say('signed_waits')),
    home.ready && !waits && signing.form
  ].filter(Boolean)
}

function draw() {
  status()
  const home = work.cases.find((one) => one.id === shown)
  const held = document.activeElement?.closest?.('.ki-sign, .ki-part > .form-control')
  if (held) return // Somebody writes or signs: nothing moves under his hands.
  const top = scrollY
  root.replaceChildren(...(home ? homePage(home) : [el('h1', {}, say('homes')), ...refusals(null), ...homes()]))
  scrollTo(0, top)
}

addEventListener('hashchange', () => { shown = location.hash.slice(1); document.activeElement?.blur?.(); draw(); scrollTo(0, 0) })
addEventListener('online', sync)
addEventListener('offline', () => { away = 'network'; draw() })
setInterval(() => { if (away || box.some((one) => one.state === 'waiting')) sync() }, 10000)
if ('serviceWorker' in navigator) navigator.serviceWorker.register(`${base}worker.js`, { scope: base }).then(() => navigator.serviceWorker.ready).then(() => { root.dataset.kept = 'yes' })
work = (await heldWork(reader)) ?? work
box = await waiting(reader)
draw()
await sync()
