// The tab of the page one is on is in sight, also where not all tabs are.
import { onContent } from './dom.js'

function show(tab) {
  const row = tab.closest('.kt-tabs')
  if (row.scrollWidth <= row.clientWidth) return
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2
}

export function startTabs() {
  onContent((root) => root.querySelectorAll('.kt-tabs [aria-current]').forEach(show))
}
