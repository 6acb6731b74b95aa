// Everything a page needs. The pages work as plain forms and links; this makes them quicker.
import './pages/htmx_setup.js'
import { startMenus } from './pages/menus.js'
import { startTheme } from './pages/theme.js'
import { startLanguage } from './pages/language.js'
import { startKeys } from './pages/keys.js'
import { startMoney } from './pages/money.js'
import { startPick } from './pages/pick.js'
import { startRows } from './pages/rows.js'
import { startToasts } from './pages/toast.js'
import { startConfirm } from './pages/confirm.js'
import { startRefresh } from './pages/refresh.js'
import { startDirtyWarning } from './pages/dirty.js'
import { startSubmitGuard } from './pages/submit_guard.js'
import { startSelection } from './pages/selection.js'
import { startFormActions } from './pages/form_actions.js'

startTheme()
startLanguage()
startMenus()
startToasts()
startMoney()
startPick()
startRows()
startFormActions()
startConfirm()
startSubmitGuard()
startDirtyWarning()
startSelection()
startRefresh()
startKeys()
