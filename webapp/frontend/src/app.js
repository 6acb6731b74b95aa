// Everything a page needs. The pages work as plain forms and links; this makes them quicker.
import './pages/htmx_setup.js'
import { startTabs } from './pages/tabs.js'
import { startMenus } from './pages/menus.js'
import { startTheme } from './pages/theme.js'
import { startLanguage } from './pages/language.js'
import { startKeys } from './pages/keys.js'
import { startMoney } from './pages/money.js'
import { startPick } from './pages/pick.js'
import { startMentions } from './pages/mention.js'
import { startRows } from './pages/rows.js'
import { startToasts } from './pages/toast.js'
import { startConfirm } from './pages/confirm.js'
import { startRefresh } from './pages/refresh.js'
import { startDirtyWarning } from './pages/dirty.js'
import { startDrafts } from './pages/draft.js'
import { startSubmitGuard } from './pages/submit_guard.js'
import { startSelection } from './pages/selection.js'
import { startFormActions } from './pages/form_actions.js'
import { startPane } from './pages/pane.js'
import { startDiagrams } from './pages/diagrams.js'
import { startArranging } from './pages/arranging.js'
import { startPaperText } from './pages/paper_text.js'

startTheme()
startLanguage()
startMenus()
startTabs()
startToasts()
startMoney()
startPick()
startMentions()
startRows()
startFormActions()
startArranging()
startConfirm()
startDrafts()
startSubmitGuard()
startDirtyWarning()
startSelection()
startRefresh()
startKeys()
startPane()
startDiagrams()
startPaperText()
