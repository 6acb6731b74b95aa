// Keeps a region fresh: data-refresh="<url>" data-refresh-every="<seconds>". The answer replaces the
// region's content; the active row, ticks, scroll and focus stay. It waits while the page is hidden
// or someone is in the middle of something there. Cells whose data-version changed flash once.
// With data-refresh-on="<event>" it fetches at once when an answer brings that event in its HX-Trigger header.
import { isTyping, onContent } from './dom.js'
import { activate } from './keys.js'
import htmx from './htmx_setup.js'

function isOccupied(region) {
  return (
    document.hidden ||
    document.querySelector('dialog[open], details.kt-menu[open]') ||
    (region.contains(document.activeElement) && isTyping(document.activeElement)) ||
    !getSelection().isCollapsed
  )
}

function placeIn(region) {
  const scrolled = [region, ...region.querySelectorAll('[data-keep-scroll]')]
  return {
    index: [...region.querySelectorAll('[data-row]')].findIndex((row) => row.matches('.kt-row-active')),
    active: region.querySelector('.kt-row-active')?.dataset.row,
    ticked: new Set([...region.querySelectorAll('input[data-select]:checked')].map((tick) => tick.value)),
    versions: new Map([...region.querySelectorAll('[data-version][id]')].map((cell) => [cell.id, cell.dataset.version])),
    focus: region.contains(document.activeElement) ? document.activeElement.id : '',
    scroll: scrolled.map((part) => [part.scrollLeft, part.scrollTop])
  }
}

function restore(region, place) {
  const rows = [...region.querySelectorAll('[data-row]')]
  const same = rows.find((row) => row.dataset.row === place.active)
  // A row that is gone leaves its place to the next one, so that a list can be worked off by keyboard.
  if (place.active && rows.length) activate(same ?? rows[Math.min(place.index, rows.length - 1)])
  for (const tick of region.querySelectorAll('input[data-select]')) tick.checked = place.ticked.has(tick.value)
  for (const cell of region.querySelectorAll('[data-version][id]')) {
    const before = place.versions.get(cell.id)
    if (before !== undefined && before !== cell.dataset.version) cell.classList.add('kt-unit-flash')
  }
  if (place.focus) document.getElementById(place.focus)?.focus({ preventScroll: true })
  const scrolled = [region, ...region.querySelectorAll('[data-keep-scroll]')]
  place.scroll.forEach(([left, top], index) => scrolled[index]?.scrollTo(left, top))
  region.dispatchEvent(new Event('kt:refreshed', { bubbles: true }))
}

async function refresh(region) {
  if (isOccupied(region)) return
  const headers = { 'HX-Request': 'true', 'KT-Refresh': 'true' }
  if (region.ktTag) headers['If-None-Match'] = region.ktTag
  const answer = await fetch(region.dataset.refresh, { headers, credentials: 'same-origin' }).catch(() => null)
  if (!answer?.ok || answer.redirected || isOccupied(region)) return
  region.ktTag = answer.headers.get('ETag')
  const content = await answer.text()
  const place = placeIn(region)
  region.innerHTML = content
  htmx.process(region)
  restore(region, place)
}

function keepFresh(region) {
  if (region.ktFresh) return
  region.ktFresh = true
  const { refreshOn } = region.dataset
  if (refreshOn) document.addEventListener(refreshOn, () => region.isConnected && refresh(region))
  const timer = setInterval(() => {
    if (region.isConnected) refresh(region)
    else clearInterval(timer)
  }, Number(region.dataset.refreshEvery ?? 10) * 1000)
}

export function startRefresh() {
  onContent((root) => root.querySelectorAll('[data-refresh]').forEach(keepFresh))
  // Somebody else was quicker: what the list shows is no longer so.
  document.addEventListener('htmx:afterRequest', ({ detail }) => {
    if (detail.xhr.status === 409) document.querySelectorAll('[data-refresh]').forEach(refresh)
  })
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) document.querySelectorAll('[data-refresh]').forEach(refresh)
  })
}
