// A diagram that comes with a part of a page names its viewer; it is fetched with the first one.
function bringViewer(box) {
  const { viewer, viewerStyle } = box.dataset
  if (!document.querySelector(`link[href="${CSS.escape(viewerStyle)}"]`)) {
    const link = document.createElement('link')
    Object.assign(link, { rel: 'stylesheet', href: viewerStyle })
    document.head.append(link)
  }
  // The viewer draws whatever is on the page when it comes, and what comes later by itself.
  import(viewer)
}

export function startDiagrams() {
  document.addEventListener('htmx:load', ({ target }) => {
    const box = target.closest?.('[data-viewer]') ?? target.querySelector?.('[data-viewer]')
    if (box) bringViewer(box)
  })
}
