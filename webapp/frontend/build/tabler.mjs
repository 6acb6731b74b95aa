// Tabler's style sheet without the component families this product does not use.
// The list names families, not templates, so a new page never changes the bundle.
import { readFile } from 'node:fs/promises'
import postcss from 'postcss'

const DROPPED = [
  'accordion', 'animated', 'apexcharts', 'bg-pattern', 'browser', 'calendar', 'carousel', 'chart', 'chat',
  'column', 'columns', 'countup', 'dimmer', 'divide', 'dropdown', 'dropend', 'dropstart', 'dropup',
  'dropzone', 'fc', 'flag', 'fslightbox', 'gl', 'grid', 'hr', 'img', 'iti', 'jsvectormap', 'jvm', 'layout',
  'legend', 'link', 'litepicker', 'loader', 'markdown', 'mention', 'modal', 'navbar', 'noUi', 'object',
  'offcanvas', 'offset', 'order', 'otp', 'page', 'payment', 'plyr', 'popover', 'prose', 'ratio', 'ribbon',
  'signal', 'signature', 'skip', 'social', 'sortable', 'sparkline', 'star', 'stars', 'strength',
  'switch-icon', 'tag', 'theme', 'timeline', 'toast', 'tom', 'tooltip', 'tracking', 'ts', 'turbo',
  'was-validated', 'wave', 'w3'
]
const DROPPED_CLASS = new RegExp(`\\.(?:${DROPPED.join('|')})(?![a-zA-Z0-9])`)

function withoutDroppedFamilies(css) {
  const root = postcss.parse(css)
  root.walkRules((rule) => {
    if (rule.parent.type === 'atrule' && rule.parent.name.endsWith('keyframes')) return
    const kept = rule.selectors.filter((selector) => !DROPPED_CLASS.test(selector))
    if (!kept.length) rule.remove()
    else if (kept.length < rule.selectors.length) rule.selectors = kept
  })
  root.walkComments((comment) => comment.remove())
  root.walkAtRules((rule) => {
    if (rule.nodes && !rule.nodes.length) rule.remove()
  })
  return root.toString()
}

export const trimmedTabler = {
  name: 'trimmed-tabler',
  setup(build) {
    build.onLoad({ filter: /@tabler[\\/]core[\\/]dist[\\/]css[\\/]tabler\.css$/ }, async ({ path }) => ({
      contents: withoutDroppedFamilies(await readFile(path, 'utf8')),
      loader: 'css'
    }))
  }
}
