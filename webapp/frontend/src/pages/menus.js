// Menus (<details class="kt-menu">) close on a click elsewhere and on Escape; arrow keys walk them.
// Dialogs open by data-opens="<id>", one that was refused at once by data-open-now; they close by data-closes or a click
// on the backdrop.
import { on } from './dom.js'

function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.kt-menu[open]')) {
    if (menu !== except) menu.open = false
  }
}

function walk(menu, step) {
  const items = [...menu.querySelectorAll('.kt-menu-item')]
  const at = items.indexOf(document.activeElement)
  items[(at + step + items.length) % items.length]?.focus()
}

export function startMenus() {
  document.addEventListener('click', ({ target }) => closeMenus(target.closest?.('details.kt-menu')))
  document.addEventListener('keydown', (event) => {
    const menu = document.querySelector('details.kt-menu[open]')
    if (!menu) return
    if (event.key === 'Escape') {
      menu.open = false
      menu.querySelector('summary').focus()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      walk(menu, event.key === 'ArrowDown' ? 1 : -1)
    }
  })
  document.querySelectorAll('dialog[data-open-now]').forEach((dialog) => dialog.showModal())
  on('click', '[data-opens]', (_, opener) => {
    closeMenus()
    document.getElementById(opener.dataset.opens)?.showModal()
  })
  on('click', '[data-closes]', (_, closer) => closer.closest('dialog')?.close())
  on('click', 'dialog', (event, dialog) => {
    if (event.target === dialog) dialog.close()
  })
}
