// What the phone keeps: the homes as they were last seen, and what waits to be sent, in order. IndexedDB.
const NAME = 'keyturn-inspect'
let opened

function open() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('work', { keyPath: 'reader' })
      asked.result.createObjectStore('outbox', { keyPath: 'seq', autoIncrement: true })
    }
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
  return opened
}

async function run(store, mode, act) {
  const base = await open()
  return new Promise((done, failed) => {
    const change = base.transaction(store, mode)
    const asked = act(change.objectStore(store))
    change.oncomplete = () => done(asked?.result)
    change.onerror = change.onabort = () => failed(change.error)
  })
}

export const keepWork = (work) => run('work', 'readwrite', (store) => { store.clear(); return store.put(work) })
export const heldWork = (reader) => run('work', 'readonly', (store) => store.get(reader))
export const add = (one) => run('outbox', 'readwrite', (store) => store.add({ state: 'waiting', ...one }))
export const put = (one) => run('outbox', 'readwrite', (store) => store.put(one))
export const drop = (seq) => run('outbox', 'readwrite', (store) => store.delete(seq))
export const waiting = async (reader) => (await run('outbox', 'readonly', (store) => store.getAll())).filter((one) => one.reader === reader)

export class Away extends Error {}

// Sends one thing. Throws Away while there is no network or nobody is signed in: then it stays and is sent again.
async function send(address, csrf, body, type) {
  let answer
  try {
    answer = await fetch(address, { method: 'POST', body, headers: { 'Content-Type': type, 'X-CSRFToken': csrf }, redirect: 'manual' })
  } catch {
    throw new Away('network')
  }
  if (answer.type === 'opaqueredirect' || answer.status === 401) throw new Away('signed out')
  if (answer.status >= 500 || answer.status === 429) throw new Away('network')
  const told = await answer.json().catch(() => null)
  if (!told) throw new Away('signed out')
  return told
}

const json = (address, csrf, told) => send(address, csrf, JSON.stringify(told), 'application/json')

// Sends what waits, oldest first; a refused one is marked and holds no other up, save the signature of its own home.
export async function sendAll(reader, csrf, base, changed) {
  for (const one of await waiting(reader)) {
    if (one.state !== 'waiting') continue
    if (one.kind === 'visit' && (await waiting(reader)).some((other) => other.case_id === one.case_id && other.seq < one.seq)) continue
    let told
    if (one.kind === 'entry') told = (await json(`${base}entries`, csrf, { entries: [one.entry] })).results?.[0]
    else if (one.kind === 'visit') told = await json(`${base}visits/${one.id}`, csrf, one.visit)
    else told = await send(`${base}photos/${one.id}?${new URLSearchParams({ case: one.case_id, room: one.room, part: one.part })}`, csrf, one.content, 'application/octet-stream')
    if (!told || told.outcome === 'refused' || !told.outcome) await put({ ...one, state: 'refused', words: told?.words ?? '' })
    else await drop(one.seq)
    await changed(one, told)
  }
}
