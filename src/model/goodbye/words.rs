//! The words by which causes are known, by subject, in the languages that servers speak.
//!
//! Every entry is in the form that `Reading` gives a text: small letters, no accents, one blank for everything that is neither letter nor
//! digit, a blank at both ends. A leading or trailing blank is thus a word boundary; `+` joins parts that must all occur.

/// Nothing was heard of us for too long.
pub(super) const IDLE: &[&str] = &[
    "idle", "idling", "inactiv", "no activity", "activity timeout", "activity time out", "lack of activity", "no operation",
    "no command", "no action", "typing a little faster", "type a little faster", "type faster", "typing faster",
    "waiting for command", "waiting for a command", "waiting for input", "waiting for your", "no input", "without a command",
    "without command", "without activity", "asleep", "sleeping", "still there", "control connection timeout",
    "control connection timed out", "not active", "nothing to do", "nothing received", "no request", "no response from",
    "no data received", "not responding", "hibernat", "fell off", "lazy", "did not send", "haven t sent", "have not sent",
    "no longer active", "innactiv", "inaktiv", "untatig", "untaetig", "keine aktion", "keine aktivitat", "keine aktivitaet",
    "leerlauf", "schneller tippen", "tippen", "keine eingabe", "keine befehl", "kein befehl", "keine kommando", "nichts getan",
    "ruhezeit", "inactif", "tapez un peu plus vite", "taper plus vite", "temps de reponse depasse", "patience", "tu dors",
    "achete toi des doigts", "tu glandes", "aucune activite", "sans activite", "aucune commande", "aucune operation", "oisif",
    "sin actividad", "sin realizar operaciones", "sin operaciones", "ocios", "teclee", "escriba mas rapido", "ninguna actividad",
    "ninguna operacion", "ningun comando", "inattiv", "nessuna attivita", "nessuna operazione", "digita", "nessun comando",
    "senza attivita", "inativ", "sem atividade", "sem actividade", "sem operac", "nenhuma atividade", "nenhuma operac",
    "nenhum comando", "digite mais rapido", "sneller typen", "geen activiteit", "geen actie", "geen opdracht", "geen commando",
    "niets gedaan", "werkloos", "bezczyn", "nieaktywn", "brak aktywn", "brak operacji", "brak polecen", "szybciej", "bez aktywn",
    "brak dzialan", "brak komend", "necinn", "neaktiv", "zadna aktivita", "zadna cinnost", "zadny prikaz", "ziadna aktivita",
    "ziadny prikaz", "zadna operac", "psat rychleji", "pis rychleji", "piste rychleji", "overksam", "ingen aktivitet", "uvirksom",
    "ingen kommando", "ledig tid", "ingen handling", "hurtigere", "raskere", "snabbare", "toimettom", "joutila", "ei toimintaa",
    "ei aktiivisuutta", "tetlen", "nincs aktivitas", "nem tortent", "gyorsabban", "inactivitat", "nici o activitate",
    "nicio operat", "просто", "неактив", "бездейств", "отсутств+активн", "нет активн", "нет команд", "не было команд",
    "без активн", "печатать быстрее", "печатайте быстрее", "набира+быстр", "неактивн", "бездія", "немає активн", "відсутн+активн",
    "空闲", "閒置", "闲置", "空閒", "无活动", "無活動", "没有活动", "沒有活動", "无操作", "無操作", "没有操作", "沒有操作", "没有任何操作", "沒有任何操作", "没有任何活动", "沒有任何活動",
    "未操作", "未活动", "敲键", "敲鍵", "发呆", "發呆", "没有动作", "沒有動作", "没有命令", "没有进行", "アイドル", "無操作", "操作がな", "無通信", "活動がな", "操作が行われ",
    "コマンドがな", "유휴", "활동이 없", "입력이 없", "비활성", "명령이 없", "동작이 없", "hareket olmadi", "hareketsiz", "bosta", "etkin degil",
    "islem yapil", "islem yok", "etkinlik yok", "etkinlik olma", "αδραν", "ανενεργ",
];

/// A time ran out; which one, other words or the state tell.
pub(super) const TIMEOUT: &[&str] = &[
    "time exceeded", "timeout", "time out", "timed out", "timedout", "times out", "timing out", "timer expired", "too slow",
    "took too long", "taken too long", "zeituberschr", "berschreitung", "zeitlimit", "zeit abgelaufen", "zeitablauf",
    "abgelaufen", "delai+expir", "delai+depass", "delai d attente", "expiration du delai", "temps+depass", "temps+ecoul",
    "depassement", "temps d attente", "tiempo+agotad", "tiempo limite", "tiempo de espera", "tiempo+excedid", "tiempo+expir",
    "tiempo+supera", "tempo scadut", "tempo limite", "tempo+scadut", "tempo+esgot", "tempo+excedid", "tempo+expir",
    "tempo massimo", "onderbreking", "verlopen", "tijdslimiet", "tijd overschr", "tijdsoverschr", "przekrocz+czas", "limit czasu",
    "uplynal", "czas+minal", "vyprsel", "vyprsan", "casovy limit", "cas vyprs", "vyprsal", "tidsgrans", "tidsavbrott",
    "tidsudlob", "tidsavbrudd", "tidsfrist", "aikakatkais", "aikaraja", "idotullep", "idokorlat", "ido lejart", "timp+expirat",
    "timpul+expir", "таймаут", "тайм аут", "время ожидания", "времени ожидания", "истекло", "превышен+врем", "истечен",
    "время+вышло", "время+истек", "час очікування", "часу очікування", "минув", "超时", "逾時", "超時", "逾时", "时间已到", "时间到", "時間已到",
    "時間到", "タイムアウト", "時間切れ", "時間が経過", "시간 초과", "시간초과", "시간이 초과", "타임아웃", "타임 아웃", "제한 시간", "zaman asimi", "sure doldu",
    "suresi doldu", "sure asimi", "χρονικ",
];

/// No transfer for too long, or a transfer that stood still, and the session ended over it.
pub(super) const NO_TRANSFER: &[&str] = &[
    "no transfer", "notransfer", "no data transfer", "no file transfer", "without transfer", "without any transfer",
    "without a transfer", "no files transferred", "no transmission", "transfer timeout", "transfer timed out",
    "transfer time out", "data timeout", "data time out", "stalled", "transfer idle", "not transferred", "nothing transferred",
    "keine ubertragung", "keine uebertragung", "ohne ubertragung", "kein transfer", "keine transfer", "keine datenubertragung",
    "keine dateiubertragung", "sans transfert", "aucun transfert", "pas de transfert", "absence de transfert", "non transfert",
    "sin transferenc", "ninguna transferenc", "no transferenc", "no hay transferenc", "nessun trasferimento",
    "senza trasferiment", "mancato trasferimento", "assenza di trasferimento", "sem transfer", "nenhuma transfer",
    "geen overdracht", "geen transfer", "geen bestandsoverdracht", "zonder overdracht", "brak transfer", "bez transfer",
    "brak przes", "bez przes", "brak transmisji", "zadny prenos", "bez prenosu", "ziadny prenos", "neprenas", "ingen overfor",
    "utan overforing", "ei siirto", "nincs atvitel", "nem tortent atvitel", "нет передач", "отсутств+передач", "без передач",
    "не было передач", "немає передач", "无传送", "无传输", "無傳送", "無傳輸", "没有传输", "沒有傳輸", "没有传送", "沒有傳送", "没有数据传输", "没有文件传输", "未传输",
    "不传输", "转送がな", "転送がな", "転送なし", "無転送", "転送が行われ", "전송 없", "전송이 없", "전송하지", "aktarim yok", "aktarim olma", "aktarim yapil",
    "transfer yok",
];

/// Logging in.
pub(super) const LOGIN: &[&str] = &[
    "login", "log in", "logon", "log on", "logging in", "authenticat", "sign in", "user name", "username", "password", "anmeld",
    "einlog", "identification", "authentif", "inicio de sesion", "iniciar sesion", "autentic", "iniciar sessao", "accesso",
    "acceder", "inlog", "aanmeld", "logowan", "zalogow", "prihlas", "inlogg", "palogg", "bejelentk", "kirjautu", "вход", "войти",
    "авториз", "аутентиф", "логин", "вхід", "автентиф", "登录", "登錄", "登入", "登陆", "登陸", "认证", "認證", "ログイン", "認証", "로그인", "인증",
    "giris", "oturum ac", "conectar se", "autentif",
];

/// "… again": an advice, not the subject.
pub(super) const AGAIN: &[&str] = &[
    "again", "relogin", "re login", "reconnect", "erneut", "nochmal", "de nouveau", "de nuevo", "novamente", "di nuovo",
    "opnieuw", "ponown", "znovu", "igen", "uudelleen", "ujra", "снова", "заново", "повторно", "знову", "重新", "再次", "再度", "다시",
    "yeniden", "tekrar",
];

/// A session as such.
pub(super) const SESSION: &[&str] = &[
    "session", "sitzung", "sesion", "sessao", "sessie", "sesja", "sesji", "relac", "istunto", "munkamenet", "sesiun", "сеанс",
    "сесси", "сесія", "сесії", "会话", "會話", "工作階段", "連線時間", "连接时间", "セッション", "세션", "oturum", "συνεδρ",
];

/// The session was as long as it may be.
pub(super) const SESSION_LIMIT: &[&str] = &[
    "time limit", "run out of time", "ran out of time", "out of time", "time is up", "time s up", "time used up",
    "maximum session", "max session time", "session duration", "session length", "session has expired", "session expired",
    "session time", "maximum connection time", "maximum connect time", "max connect time", "connect time", "connection time",
    "online time", "time allowance", "time left", "daily time", "lifetime", "maximum time", "max time", "allotted time",
    "time allotted", "hochstdauer", "maximale sitzung", "maximale verbindungsdauer", "duree maximale", "duree de session",
    "duracion maxima", "tiempo maximo de", "durata massima", "duracao maxima", "maximale duur", "maksymalny czas",
    "maximalni doba", "maximal tid", "максимальное время", "время сеанса", "длительность сеанса", "会话时间", "連線時間已",
];

/// More than there may be.
pub(super) const MANY: &[&str] = &[
    "too many", "too much", "to many", " maximum", " max ", " max", "limit", "exceed", " full", "reached", "more than", "no more",
    "capacity", "simultaneous", "concurrent", "restricted to", "allows only", "only+allowed", "only+connection", "at most",
    "already", "up to", "zu viele", "zuviele", "zu vielen", "maximal", "hochst", "hoechst", " voll ", "mehr als", "gleichzeitig",
    "bereits", "trop d", " complet ", "sature", "maximum", "atteint", "plus de", "simultane", "deja ", "demasiad", "excedid",
    "excede", "lleno", "superad", "maximo", "alcanzad", "simultane", "troppi", "troppe", "massimo", "massima", "raggiunt",
    "superat", " pieno", "muitos", "muitas", "lotado", "cheio", "atingi", "ultrapass", "te veel", "teveel", "maximaal", "maximum",
    " vol ", "bereikt", "zbyt wiel", "zbyt duz", "za duzo", "maksym", "pelny", "osiagnie", "prilis mnoho", "prilis vel", "plny",
    "plno", "prekroc", "dosazen", "privela", "for manga", "fullt", "full", "for mange", "maks", "natt", "liian mont",
    "liian paljon", "liikaa", "enimmais", "taynna", "tul sok", "megtelt", "eleri", "elert", "prea mult", "atins", "слишком много",
    "слишком больш", "превы", "максим", "лимит", "переполн", "предел", "достигнут", "уже ", "забагато", "занадто багато",
    "перевищ", "ліміт", "过多", "過多", "太多", "最大", "上限", "已满", "已滿", "超过", "超過", "超出", "人满", "人滿", "满了", "滿了", "限制", "最多", "多すぎ",
    "満員", "超え", "いっぱい", "制限", "너무 많", "최대", "초과", "가득", "한도", "제한", "cok fazla", "azami", "en fazla", "dolu", "sinir", "ulasil",
    "твърде много", "πολλ", "μεγιστ", "μεγιστα", "prevec", "previse",
];

/// A place from which connections come: ours.
pub(super) const HOST: &[&str] = &[
    " ip", "your host", "same host", "this host", "from host", "per host", "that host", "each host", "one host", "single host",
    "remote host", "your address", "this address", "internet address", "same address", "network address", "your machine",
    "your computer", "your site", "your location", "same machine", "this machine", "same computer", "from your", "from you ",
    "client address", "per client", "your domain", "your network", "your subnet", "same location", "source address",
    "per address", "workstation", "hostname", "host name", "rechner", " adresse", "gleichen host", "selben host", "diesem host",
    "deinem host", "ihrem host", "votre hote", "votre machine", "votre ordinateur", "meme hote", "meme machine", "cet hote",
    "depuis votre", "direccion", "su equipo", "mismo host", "mismo equipo", "este host", "indirizzo", "stesso host",
    "questo host", "endereco", "mesmo host", "este host", "mesma maquina", " adres", "zelfde host", "deze host", "tego hosta",
    "tego komputera", "hostitel", "tohoto pocitace", "denna dator", "samma dator", "samme maskin", "osoite", "osoitte", " cim ",
    "cimrol", "gazdagep", "aceeasi adresa", "адрес", "этого хоста", "вашего хоста", "одного хоста", "этого узла",
    "этого компьютера", "вашего компьютера", "цього хоста", "地址", "主机", "主機", "本机", "アドレス", "ホスト", "주소", "호스트", "bilgisayar",
    "ayni makine", "διευθυνσ",
];

/// The account we log in with.
pub(super) const ACCOUNT: &[&str] = &[
    "is already logged", "user already logged", "you are already logged", "already logged in from",
    "this account", "your account", "same account", "login account", "for account", "per account", "that account", "the account",
    "this user", "same user", "your user", "per user", "with this username", "this username", "same login", "this login",
    "same name", "this name", "that user", "the user", "user id", "userid", "for user", "for the user", "your login",
    "simultaneous login", "concurrent login", "open sessions", "each user", "one user", "single user", "by user",
    "logged in as", "credential", "selben benutzer", "desselben", "gleichen benutzer", "diesem benutzer", "diesen benutzer",
    "dieses benutzer", "pro benutzer", "ihr konto", "dieses konto", "ihrem konto", "benutzerkonto", "meme utilisateur",
    "cet utilisateur", "ce compte", "votre compte", "par utilisateur", "meme compte", "mismo usuario", "este usuario",
    "ese usuario", "esta cuenta", "su cuenta", "misma cuenta", "por usuario", "para el usuario", "stesso utente", "questo utente",
    "questo account", "per utente", "tuo account", "stesso account", "mesmo usuario", "esta conta", "sua conta", "mesma conta",
    "mesmo utilizador", "este utilizador", "dezelfde gebruiker", "deze gebruiker", "dit account", "per gebruiker",
    "zelfde gebruiker", "tego uzytkownika", "samego uzytk", "tego konta", "tym koncie", "stejneho uzivatel", "tohoto uzivatel",
    "jednoho uzivatel", "tento ucet", "tohoto uctu", "samma anvandar", "denna anvandar", "samme bruger", "samme bruker",
    "denne bruger", "denne bruker", "saman kayttaj", "taman kayttaj", "azonos felhasznal", "ugyanaz", "ugyanazon",
    "acelasi utilizator", "acest utilizator", "acest cont", "этого пользовател", "этим пользовател", "этим именем",
    "одного пользовател", "данного пользовател", "учетной запис", "учетной запис", "этого аккаунт", "цього користувач",
    "одного користувач", "облікового запис", "同一用户", "同一使用者", "同一用戶", "同一个用户", "同一個使用者", "该用户", "此用户", "本用户", "该账", "该帐", "此账",
    "此帐", "该使用者", "此使用者", "此帳", "該帳", "同一帳", "同一账", "同一帐", "您的账", "您的帐", "同じユーザ", "同一ユーザ", "このユーザ", "このアカウント", "동일한 사용자",
    "동일 사용자", "같은 사용자", "이 사용자", "이 계정", "ayni kullanici", "bu kullanici", "bu hesap", "ayni hesap",
];

/// Those who use the server.
pub(super) const USER: &[&str] = &[
    "user", "client", "people", "person", "guest", "anonymous", "member", "visitor", "logins", "benutzer", "nutzer", "anwender",
    "teilnehmer", "utilisateur", "relous", "usuario", "utent", "utilizador", "gebruiker", "uzytkown", "uzivatel", "pouzivatel",
    "anvandar", "bruger", "bruker", "kayttaj", "asiaka", "felhasznal", "utilizator", "пользовател", "клиент", "юзер",
    "користувач", "клієнт", "用户", "使用者", "用戶", "客户", "客戶", "人数", "人數", "ユーザ", "クライアント", "사용자", "접속자", "클라이언트", "kullanici",
    "istemci", "χρηστ", "потребител",
];

/// Connections.
pub(super) const CONNECTION: &[&str] = &[
    "connection", " connect", "connexion", "conexion", "verbindung", "connession", "conex", "verbinding", "polacz", "spojen",
    "pripojen", "anslutning", "forbindels", "tilkobling", "yhtey", "kapcsolat", "соединен", "подключ", "з єднан", "підключ", "连接",
    "連接", "連線", "链接", "接続", "コネクション", "연결", "접속", "baglanti", "slots", "συνδεσ",
];

/// The limit is said to be ours.
pub(super) const YOU: &[&str] = &[
    "you have", "you ve", "your maximum", "your limit", "your connection", "you exceeded", "you are allowed", "sie haben",
    "vous avez", "ha excedido", "ha superado", "hai superato", "voce excedeu", "u heeft", "u hebt", "вы превысили", "у вас",
    "ви перевищили", "您的", "你的", "您已",
];

/// The server has no room, without "too many".
pub(super) const FULL: &[&str] = &[
    "服务器忙", "伺服器忙", "系统忙", "系統忙", "服务忙", "too busy", "server busy", "server is busy", "service busy", "service is busy",
    "is busy", "currently busy", "very busy", "site busy", "site is busy", "server is full", "site is full", "server full",
    "site full", "no free", "no slot", "no room", "no more connections", "no more users", "no more clients", "due to limitation",
    "besetzt", "ausgelastet", "uberlastet", "ueberlastet", "occupe", "surcharge", "ocupad", "occupat", "sovraccaric", " bezet",
    "zajety", "zajeto", "przeciaz", "obsazen", "pretizen", "zaneprazd", "upptag", "optaget", "opptatt", "varattu", "foglalt",
    "tulterhel", "занят", "перегруж", "зайнят", "繁忙", "忙碌", "太忙", "很忙", "混雑", "混み合", "ビジー", "혼잡", "바쁩", "mesgul", "yogun",
];

/// The server goes, comes back, or does not serve now.
pub(super) const SHUTDOWN: &[&str] = &[
    "sigterm", "signal received", "caught signal", "terminated by signal",
    "shut down", "shutdown", "shutting", "going down", "goes down", "going offline", "restart", "reboot", "maintenance",
    "offline", "off line", "server is locked", "is closed", "site closed", "server closed", "now closed", "closed for",
    "closed until", "currently closed", "out of service", "temporarily unavailable", "temporarily closed", "temporarily disabled",
    "temporarily not available", "temporarily out", "is down ", "be down", "server down", "stopping", "server stopped",
    "service stopped", "server stop", "not accepting", "no longer accepting", "upgrad", "service is disabled",
    "server is disabled", "ftp is disabled", "ftp disabled", "service disabled", "server disabled", "has been disabled",
    "being stopped", "exiting", "terminating", "server terminat", "not running", "not started", "not ready", "not yet ready",
    "starting up", "is paused", "server paused", "suspended service", "backup in progress", "scheduled", "power off", "powering",
    "halt", "reload", "heruntergefahren", "fahrt herunter", "faehrt herunter", "wartung", "neustart", "neu gestartet",
    "ausser betrieb", "abgeschaltet", "server wird", "server beendet", "dienst wird", "derzeit nicht verfugbar",
    "vorubergehend nicht", "arret", "redemarr", "maintenance", "hors service", "hors ligne", "ferme pour", "s arrete",
    "temporairement indisponible", "apagad", "apagan", "apagar", "reinici", "mantenimiento", "fuera de servicio",
    "fuera de linea", "servidor se esta", "temporalmente no disponible", "deteniendo", "detenido", "spegn", "arresto", "riavvi",
    "manutenzione", "fuori servizio", "non in linea", "temporaneamente non disponibile", "deslig", "desativ", "manutencao",
    "encerrando o serv", "servidor encerr", "fora de servico", "fora do ar", "temporariamente indisponivel", "afgesloten",
    "afsluit", "onderhoud", "herstart", "opnieuw gestart", "uitgeschakeld", "buiten gebruik", "buiten dienst", "tijdelijk niet",
    "wylacz", "serwer zamyka", "zamykany", "konserwac", "przerwa tech", "tymczasowo niedost", "ponowne uruch", "zatrzym", "vypin",
    "vypnut", "udrzb", "server se ukonc", "ukoncuje cinnost", "mimo provoz", "docasne nedost", "restartov", "odstav", "stangs",
    "stanger ner", "underhall", "startar om", "startas om", "ur drift", "lukker ned", "lukkes", "lukkes ned", "vedligehold",
    "vedlikehold", "genstart", "starter pa nytt", "slas av", "sammut", "huolto", "uudelleenkaynn", "leall", "karbantart",
    "ujraind", "oprest", "oprit", "intretinere", "repornes", "выключ", "останов", "отключается", "перезапус", "перезагр",
    "обслуживан", "сервер закры", "завершает работу", "завершение работы", "временно недоступ", "временно не работает",
    "прекращает", "технически", "вимика", "вимкн", "зупин", "перезавант", "обслуговув", "тимчасово недоступ", "завершує роботу",
    "停机", "停機", "維護", "维护", "重启", "重啟", "重新启动", "重新啟動", "關機", "关机", "停止服务", "停止服務", "服务器关闭", "服务器正在关闭", "服务器已关闭", "伺服器關閉",
    "伺服器正在關閉", "服务已停止", "服务停止", "服务器即将", "暂停服务", "暫停服務", "暂时不可用", "停止", "シャットダウン", "再起動", "メンテナンス", "サービスを終了", "サーバーを終了",
    "サーバを終了", "종료됩", "종료 중", "종료합", "재시작", "점검", "중지", "kapatil", "kapaniyor", "bakim", "yeniden baslat", "hizmet disi",
    "gecici olarak",
];

/// Shut out for what we did.
pub(super) const BAN: &[&str] = &[
    "过于频繁", "過於頻繁", "太频繁", "太頻繁", "频繁", " ban ", " bans ", " bann", "banned", "blacklist", "black list", "been blocked",
    "is blocked", "are blocked", "blocked", "block list", "blocklist", "denylist", "brute", "hammer", "temporarily locked",
    "locked out", "account is locked", "account locked", "been locked", "failed too many", "too many failed", "too many failures",
    "too many bad log", "too many bad pass", "too many invalid log", "too many invalid pass", "too many incorrect",
    "too many wrong", "too many unsuccessful", "too many password", "too many auth",
    "not currently accepting logins at this address", "connection attempts", "connecting too", "connect too", "too frequent",
    "too fast", "too often", "too quickly", "reconnect too", "connection rate", "rate exceeded", "flood", "abuse", "intrusion",
    "blackhole", "shun", "gesperrt", "verbannt", "ausgesperrt", "blockiert", " banni", "bloque", "banead", "bloquead", "vetad",
    "bannat", "bloccat", " banid", "geblokkeerd", "geblokt", "verbannen", "zablokow", "zbanow", "zablokov", "zabanov", "blockera",
    "sparrad", "avstangd", "blokeret", "blokkert", "utestengt", "udelukket", "kitilt", "letilt", "zarolt", "estolist", "blocat",
    "заблок", "забан", "черн+спис", "блокир", "бан ", "чорн+спис", "封禁", "封锁", "封鎖", "黑名单", "黑名單", "屏蔽", "被封", "拉黑", "被锁定", "被鎖定",
    "ブロック", "締め出", "차단", "블랙리스트", "engellen", "yasakland", "banlan", "kara liste", "bloke",
];

/// Logins that failed.
pub(super) const ATTEMPT: &[&str] = &[
    "login attempt", "logon attempt", "log in attempt", "auth attempt", "authentication attempt", "failed attempt", "bad attempt",
    "password attempt", "many attempt", " attempts", "many tries", "login tries", "password tries", "many retries",
    "login retries", "retry limit", "login fail", "failed login", "failed logon", "logon fail", "logins failed",
    "authentication fail", "auth fail", "failed auth", "login incorrect", "incorrect login", "incorrect password",
    "password incorrect", "wrong password", "bad password", "invalid password", "bad login", "invalid login", "login invalid",
    "unsuccessful", "many failures", "many login errors", "anmeldeversuch", "fehlversuch", "loginversuch", "login versuch",
    "zu viele versuche", "fehlgeschlagen", "tentativ", "echec", "identification incorrecte", "intentos", "fallid", "falhas",
    "falhou", "pogingen", "mislukt", "prob logow", "nieudan", "wiele prob", "liczba prob", "blednych", "pokusu", "neuspesn",
    "chybnych", "inloggningsforsok", "misslyckade", "loginforsog", "mislykke", "paloggingsforsok", "yrityksia", "epaonnist",
    "kiserlet", "sikertelen", "incercari", "esuat", "попыток", "попытки входа", "неудачн", "неправильн", "спроб ", "невдал",
    "невірн", "次数", "次數", "登录失败", "登入失敗", "密码错误", "密碼錯誤", "试行", "試行", "失敗", "로그인 시도", "실패", "deneme", "basarisiz",
];

/// The connection is ended over it.
pub(super) const DISCONNECT: &[&str] = &[
    "disconnect", "closing", "terminat", "goodbye", "good bye", " bye", "hanging up", "connection closed", "dropped",
    "verbindung wird", "getrennt", "deconn", "fermeture", "desconect", "cerrando", "disconness", "chiusura", "encerrand",
    "fechando", "verbroken", "rozlacz", "zamykam", "odpoj", "ukonc", "kopplar", "afbryd", "frakobl", "отключ", "закры", "断开",
    "斷開", "关闭", "關閉", "中断", "切断", "끊", "종료", "kapat",
];

/// Thrown out by a person.
pub(super) const KICK: &[&str] = &[
    "another location", "another session", "logged in elsewhere", "login elsewhere",
    "kick", "killed", "terminated by", "disconnected by", "closed by admin", "by administrator", "by the administrator",
    "by an administrator", "by admin", "by the admin", "by sysop", "by the sysop", "by operator", "by the operator",
    "by an operator", "by system admin", "by the system", "by siteop", "by server admin", "force disconnect", "forced disconnect",
    "forcibly", "forcefully", "administratively", "operator request", "admin request", "administrator+disconnect",
    "administrator+terminat", "administrator+closed", "booted", "thrown out", "purged", "vom administrator",
    "durch den administrator", "durch administrator", "rausgeworfen", "hinausgeworfen", "vom systemverwalter",
    "par l administrateur", "par un administrateur", "expuls", "por el administrador", "por un administrador", "echado",
    "dall amministratore", "da un amministratore", "espuls", "pelo administrador", "por um administrador", "door de beheerder",
    "door beheerder", "door de administrator", "door een beheerder", "eruit gegooid", "przez administrator", "wyrzucon",
    "administratorem", "spravcem", "vyhozen", "av administrator", "av en administrator", "utslangd", "utsparkad",
    "af administrator", "smidt ud", "kastet ut", "yllapita", "adminisztrator", "kirug", "de catre administrator", "администратор",
    "адміністратор", "管理员", "管理員", "踢", "强制", "強制", "管理者", "관리자", "강제", "yonetici", "atildi",
];

/// "Ask the administrator": an advice, not a kick.
pub(super) const CONTACT: &[&str] = &[
    "contact", "ask your", "ask the", "tell the", "notify", "email", "e mail", "mailto", "call ", "kontakt", "wenden sie", "联系",
    "聯繫", "聯絡", "обратитесь", "свяжитесь", "зверніться", "連絡", "문의", "basvurun", "obratte", "skontaktuj",
];

/// TLS and its absence.
pub(super) const TLS: &[&str] = &[
    " tls", " ssl", " ftps ", "cipher", "certificate", "handshake", "cleartext", "clear text", "encrypt", "secure connection",
    "secure control", "security mechanism", "protection level", "plaintext", "plain text", "plain ftp", "zertifikat",
    "verschlussel", "verschluessel", "certificat", "chiffre", "cifrad", "cifrat", "criptograf", "crittograf", "versleutel",
    "szyfrow", "sifrov", "krypter", "salattu", "salaus", "titkosit", "шифров", "сертифик", "加密", "证书", "憑證", "暗号", "証明書", "암호화",
    "인증서", "sifreleme", "sertifika",
];

/// The data connection did not come about or broke.
pub(super) const DATA: &[&str] = &[
    "data connection", "data channel", "data socket", "dataconnection", "data port", "data link", "port command", "pasv",
    "passive", "epsv", "eprt", "active mode", "active data", "requested ip", "bounce", "illegal port", "invalid port", "bad port",
    "datenverbindung", "datenkanal", "connexion de donnees", "canal de donnees", "conexion de datos", "canal de datos",
    "connessione dati", "canale dati", "conexao de dados", "ligacao de dados", "dataverbinding", "polaczenie danych",
    "polaczenia danych", "polaczenia dla danych", "datove spojen", "datoveho spojen", "datove pripojen", "dataforbindels",
    "dataanslutning", "datayhtey", "adatkapcsolat", "conexiune de date", "соединение данных", "соединения данных",
    "соединение для данных", "канал данных", "канала данных", "соединение для передачи", "з єднання даних", "канал даних", "数据连接",
    "資料連線", "數據連接", "数据通道", "數據連線", "データコネクション", "データ接続", "データチャネル", "데이터 연결", "데이터 채널", "veri baglanti",
];

/// What we sent was not FTP, or more of it than the server takes.
pub(super) const ABUSE: &[&str] = &[
    "commandes erronees", "commandes incorrectes", "commandes invalides", "trop d erreurs", "too many bad", "ungultige befehle",
    "zu viele fehler", "zu viele ungultige", "demasiados comandos", "demasiados errores", "comandos incorrectos",
    "troppi comandi", "troppi errori", "comandi errati", "muitos comandos", "muitos erros", "te veel fouten", "zbyt wiele bledow",
    "zbyt wiele blednych polecen", "слишком много ошиб", "неверных команд", "слишком много неверн", "命令错误", "错误命令", "無效命令",
    "无效命令", "错误过多", "command not understood", "unrecognized commands", "command too long", "line too long", "too long", "http ",
    "http request", "go away", "badly format", "malformed", "bad command", "bad sequence", "login sequence",
    "sequence of commands", "wrong sequence", "unknown commands", "command limit", "too many errors", "too many bad commands",
    "too many invalid commands", "too many unknown", "too many illegal", "too many unrecognized", "too many unrecognised",
    "too many syntax", "too many commands", "too many wrong commands", "syntax errors", "protocol violation", "protocol error",
    "suspicious", "attack", "exploit", "what are you trying", "not an ftp", "not a web", "web browser", "browser", "telnet",
    "overflow", "illegal command", "garbage", "hacking", "hacker", "unexpected data", "zu lang", "falsche reihenfolge",
    "trop longue", "trop long", "demasiado larg", "troppo lung", "muito long", "demasiado long", "te lang", "zbyt dlug",
    "za dlug", "prilis dlouh", "prilis dlh", "for lang", "liian pit", "tul hossz", "prea lung", "слишком длин", "занадто довг",
    "过长", "過長", "太长", "太長", "長すぎ", "너무 길", "너무 깁", "너무 긴", "cok uzun",
];

/// The server cannot, for want of something.
pub(super) const RESOURCE: &[&str] = &[
    "memory", "fork", "resource", "system busy", "system is busy", "load too high", "load average", "load is", "server load",
    "system load", "overload", "heavy load", "high load", "disk", "no space", "internal error", "internal server", "server error",
    "internal failure", "internal problem", "system error", "fatal error", "fatal", "unexpected error", "unknown error",
    "can t create", "cannot create", "could not create", "failed to create", "unable to create", "could not open",
    "couldn t open", "cannot open", "can t open", "unable to open", "could not execute", "cannot execute", "could not start",
    "unable to start", "cannot start", "can t start", "socket", "unable to bind", "bind failed", "address already in use",
    "already in use", "file descriptor", "open files", "waiting for service", "out of process", "new process", "process limit",
    "create process", "thread", "priv sock", "child died", "oops", "crash", "exception", "malfunction", "database",
    "configuration", "config file", "backend", "back end", "not enough", "insufficient", "no buffer",
    "control connection address", "broken", "i o error", "read error", "failed to", "speicher", "memoire", "memoria", "geheugen",
    "pamiec", "pamiec", "pamet", "minne", "muisti", "memorie", "памят", "пам ят", "内存", "記憶體", "记忆体", "メモリ", "메모리", "bellek",
    "ressource", "recurso", "risors", "systemfehler", "interner fehler", "serverfehler", "erreur interne", "erreur du serveur",
    "error interno", "errore interno", "errore del server", "erro interno", "interne fout", "blad wewn", "blad serwera",
    "vnitrni chyba", "chyba serveru", "internt fel", "intern fejl", "intern feil", "sisainen virhe", "belso hiba", "внутренн",
    "ошибка сервера", "ресурс", "внутрішн", "помилка сервера", "内部错误", "內部錯誤", "内部エラー", "资源", "資源", "リソース", "내부 오류", "ic hata",
    "sunucu hatasi",
];

/// Of these, the ones that hold whatever else is said.
pub(super) const BROKEN: &[&str] = &[
    "out of memory", "memory error", "ran out of memory", "open files", "could not open", "couldn t open", "system busy",
    "waiting for service", "load too high", "load average", "already in use", "unable to fork", "could not fork", "can t fork",
    "cannot fork", "fork failed", "priv sock", "server error", "no space", "disk full", "child died+priv", "speicher", "памят",
    "内存", "記憶體", "메모리", "メモリ", "memoire", "pamieci", "bellek", "file descriptor", "internal error", "could not execute",
];

/// Not from here.
pub(super) const NOT_ALLOWED: &[&str] = &[
    "not allowed", "not permitted", "not authorized", "authorized user", "authorised user", "not authorised", "unauthorized",
    "unauthorised", "denied", "refused", "refusing", "refuse", "forbidden", "disallow", "not welcome", "reject", "no access",
    "not accepted", "restricted", "prohibited", "may not connect", "can t connect from", "cannot connect from",
    "not have permission", "hosts deny", "hosts allow", "not in the list", "allow list", "allowlist", "whitelist", "white list",
    "not on the list", "don t accept", "do not accept", "not accept", "nicht erlaubt", "verweigert", "abgelehnt",
    "nicht zugelassen", "unzulassig", "nicht gestattet", "kein zugriff", "keine berechtigung", "nicht berechtigt", "interdit",
    "refus", "non autoris", "pas autoris", "no permitid", "deneg", "rechaz", "no autoriz", "no esta permit", "no tiene permiso",
    "prohibid", "non consentit", "negat", "rifiutat", "non autoriz", "non permess", "non ammess", "nao permit", "negad",
    "recusad", "nao autoriz", "rejeitad", "niet toegestaan", "geweigerd", "niet toegelaten", "geen toegang", "niedozwol", "odmow",
    "zabronion", "odrzucon", "brak dostep", "brak uprawn", "nepovolen", "odmitnut", "zakazan", "zamitnut", "odepren", "ej tillat",
    "inte tillat", "nekad", "avvisad", "ikke tillad", "ikke tillat", "afvist", "avvist", "naegtet", "nektet", "ei sallit",
    "estet", "evatty", "kielletty", "nem engedely", "megtagad", "elutasit", "tilos", "tiltott", "nu este permis", "refuz",
    "respins", "interzis", "запрещ", "отказ", "не разреш", "отклон", "заборон", "відмов", "не дозвол", "відхил", "拒绝", "拒絕",
    "不允许", "不允許", "禁止", "未授权", "未授權", "无权", "無權", "拒否", "許可され", "거부", "허용되지", "금지", "izin veril", "izin yok", "reddedil", "yasak",
    "izniniz",
];

/// The server does not know or like the address itself.
pub(super) const ADDRESS_TROUBLE: &[&str] = &[
    "hostname lookup", "host name lookup", "name lookup",
    "unknown ip", "invalid ip", "invalid address", "peer ip", "remote ip", "peer address", "remote address", "getpeername",
    "peer name", "local socket", "transport endpoint", "reverse dns", "reverse lookup", "resolve your", "lookup your",
    "your hostname", "no dns", "dns name", "your domain", "not in our", "unknown host", "ungultige adresse", "adresse invalide",
    "direccion no valida", "indirizzo non valido",
];

/// The login itself was refused.
pub(super) const REJECT: &[&str] = &[
    "login incorrect", "incorrect login", "login fail", "login invalid", "invalid login", "bad login", "password", "passwd",
    "credential", "authentication fail", "authentication error", "auth fail", "not logged in", "login denied", "user unknown",
    "unknown user", "no such user", "user not found", "invalid user", "invalid username", "bad user", "account+disabled",
    "account+expired", "account+suspend", "account+inactive", "account+not ", "account+closed", "been deleted", "been disabled",
    "been suspended", "login rejected", "login refused", "login not", "logon fail", "not a valid", "anmeldung+fehl",
    "anmeldung+nicht", "kennwort", "passwort", "mot de passe", "identifiant", "authentification", "contrasen", "credencial",
    "credenziali", "senha", "palavra passe", "wachtwoord", "aanmelding", "haslo", "hasla", "heslo", "losenord", "adgangskode",
    "passord", "salasana", "jelszo", "parola", "пароль", "пароля", "учетн", "невірн", "密码", "密碼", "帐号", "帳號", "パスワード", "ログインでき",
    "암호", "비밀번호", "sifre",
];

/// Of these, the ones that name what stands in the way of the login.
pub(super) const NO_HOME: &[&str] = &[
    "change root", "root directory", "home director", "home folder", "home dir", "chroot", "change directory", "locate user",
    "writable root", "can t trust", "cannot trust", "anonymous", "puredb", "set guest privileges", "can t set uid",
    "can t set gid", "can t change root", "cannot set user", "valid shell", "user root", "root login", "heimatverzeichnis",
    "homeverzeichnis", "repertoire personnel", "directorio personal", "directorio home", "home directory", "домашн", "主目录", "主目錄",
    "ホームディレクトリ", "홈 디렉토리", "nieistniejac", "anonym", "been deleted",
];

/// The program's licence, not the session.
pub(super) const LICENCE: &[&str] = &[
    "evaluation", "trial period", "trial version", "trial has", "license", "licence", "lizenz", "licenc", "not registered",
    "unregistered", "shareware", "demo version",
];

/// A login that did not come in time, said without "timeout".
pub(super) const LOGIN_LATE: &[&str] = &[
    "time to log in", "time to login", "wait for login", "waiting for login", "waiting for user", "no login",
    "not logged in within", "did not log in", "didn t log in", "failed to authenticate in", "login not completed", "login before",
    "login within", "log in within", "logged in within", "login in time", "log in in time", "not login", "t login",
    "fail to login", "failed to log in within", "failed to login in", "authenticate within", "authenticate in time", "login time",
    "logon time", "nicht rechtzeitig", "a temps", "a tiempo", "in tempo", "op tijd",
];

/// Texts that say nothing: RFC 959's own for 421, and what is made of it.
pub(super) const NOT_AVAILABLE: &[&str] = &[
    "not available", "unavailable", "closing control connection", "closing connection", "connection closed", "closed connection",
    "closing the control", "service closing", "nicht verfugbar", "non disponible", "indisponible", "no disponible",
    "non disponibile", "nao disponivel", "niet beschikbaar", "niedostep", "nedostup", "недоступ", "不可用", "無法使用", "利用できま",
];

/// What follows from it, and not what it is about: these connections are not the ones that are too many.
pub(super) const CLOSING: &[&str] = &[
    "control session", "closing session", "closing the session", "session closed", "session terminated",
    "closing control connection", "closing connection", "closing the connection", "closing the control connection",
    "closing this connection", "connection closed", "connection closing", "connection terminated", "connection will be closed",
    "connection is closed", "control connection", "close connection", "closing data connection", "terminating connection",
    "verbindung wird", "verbindung geschlossen", "verbindung getrennt", "steuerverbindung", "fermeture de la connexion",
    "connexion fermee", "cerrando conexion", "cerrando la conexion", "conexion cerrada", "chiusura della connessione",
    "conexao encerrada", "fechando a conexao", "verbinding verbroken", "verbinding wordt", "закрытие соединения",
    "закрываю соединение", "соединение закры", "关闭连接", "关闭控制连接", "關閉連線", "關閉控制連線",
];

/// A farewell and nothing else.
pub(super) const BYE: &[&str] = &["goodbye", "good bye", " bye", "logout", "logged out", "log out"];

/// The limit is the server's own, whoever it is that it hits.
pub(super) const SERVER_WIDE: &[&str] = &[
    "server connection limit", "server limit", "for this server", "total connection", "total number", "total users",
    "server s maximum", "global", "all users", "overall",
];

/// All lists, for choosing between readings of the same bytes.
pub(super) const ALL: &[&[&str]] = &[
    IDLE, TIMEOUT, NO_TRANSFER, LOGIN, SESSION, SESSION_LIMIT, MANY, HOST, ACCOUNT, USER, CONNECTION, YOU, FULL, SHUTDOWN, BAN,
    ATTEMPT, DISCONNECT, KICK, TLS, DATA, ABUSE, RESOURCE, NOT_ALLOWED, REJECT, NO_HOME,
];
