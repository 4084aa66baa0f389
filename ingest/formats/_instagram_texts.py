"""Texts that Instagram itself puts into `content`: in the language of the account, never anybody's words.

English as seen in exports (FORMATS of the field: karlicoss/HPI, joweich/chat-miner, NaphatPi/ig_dm_scraper); the other
languages as the app shows them. `X` stands for a name, `E` for an emoji. A sender's name before the text is cut off
first, so "Anna sent an attachment." is looked up as "sent an attachment.".
"""

from __future__ import annotations

import re
from functools import cache

HEART = "❤️"
LONGEST = 160  # characters; no text of the app's own is longer
UNKNOWN_ATTACHMENT = 60  # the longest "<name> <sent a file in some language>." after the name

_REACTION = """
Reacted E to your message|Liked a message|Loved a message|Reacted E to a message|Reacted to your message with E
Reaccionó con E a tu mensaje|Reaccionó E a tu mensaje|Ha reaccionado con E a tu mensaje|Reaccionaste con E a un mensaje
Le gustó un mensaje|Le ha gustado un mensaje|Indicó que le gusta un mensaje|Te gustó un mensaje|Le gustó tu mensaje
Reagiu com E à sua mensagem|Reagiu com E à tua mensagem|Reagiu E à sua mensagem|Reagiu com E a uma mensagem
Reagiu à sua mensagem com E|Curtiu uma mensagem|Gostou de uma mensagem|Curtiu sua mensagem
A réagi avec E à votre message|A réagi E à votre message|A réagi à votre message avec E|A réagi par E à votre message
A réagi avec E à ton message|A aimé un message|A aimé votre message|A aimé ton message|A réagi E à ton message
Hat mit E auf deine Nachricht reagiert|Hat auf deine Nachricht mit E reagiert|Hat E auf deine Nachricht reagiert
Reagierte mit E auf deine Nachricht|Hat mit E reagiert|Gefällt eine Nachricht
Hat eine Nachricht mit Gefällt mir markiert
Hat eine Nachricht geliked|Hat eine Nachricht mit „Gefällt mir“ markiert|Mit E auf deine Nachricht reagiert
Ha reagito con E al tuo messaggio|Ha reagito E al tuo messaggio|Ha messo Mi piace a un messaggio
Ha messo "Mi piace" a un messaggio|Ha aggiunto la reazione E al tuo messaggio
Heeft met E gereageerd op je bericht|Heeft met E op je bericht gereageerd|Reageerde met E op je bericht
Heeft E gereageerd op je bericht|Vindt een bericht leuk|Vond een bericht leuk
Reagerade med E på ditt meddelande|Reagerade E på ditt meddelande|Gillade ett meddelande|Har gillat ett meddelande
Reagerede med E på din besked|Reagerede på din besked med E|Synes godt om en besked|Har reageret med E på din besked
Reagerte med E på meldingen din|Reagerte på meldingen din med E|Likte en melding
Reagoi E viestiisi|Reagoi viestiisi: E|Tykkäsi viestistä
Zareagował(a) E na Twoją wiadomość|Zareagował E na Twoją wiadomość|Zareagowała E na Twoją wiadomość
Zareagowano E na Twoją wiadomość|Polubił(a) wiadomość|Polubił wiadomość|Polubiła wiadomość|Polubiono wiadomość
Mesajına E ifadesini bıraktı|Mesajına E ifadesiyle tepki verdi|Mesajınıza E ifadesini bıraktı|Bir mesajı beğendi
Reagoval(a) na vaši zprávu E|Zareagoval(a) E na vaši zprávu|Zpráva se mu líbí|To se líbí zprávě
Reagált az üzenetedre: E|E reakciót adott az üzenetedre|Kedvelt egy üzenetet
A reacționat cu E la mesajul tău|A reacționat E la mesajul tău|A apreciat un mesaj
Αντέδρασε με E στο μήνυμά σας|Αντέδρασε E στο μήνυμά σου|Του/Της άρεσε ένα μήνυμα
Отреагировал(-а) E на ваше сообщение|Отреагировал(а) E на ваше сообщение|Реакция E на ваше сообщение
Нравится сообщение|Поставил(-а) "Нравится" сообщению|Реагує E на ваше повідомлення|Вподобав(-ла) повідомлення
Menanggapi E pesan Anda|Bereaksi E terhadap pesan Anda|Menyukai pesan
メッセージにEでリアクションしました|あなたのメッセージにEとリアクションしました|メッセージに「いいね!」しました
메시지에 E 공감을 남겼습니다|회원님의 메시지에 E 공감했습니다|메시지를 좋아합니다
תגובה עם E להודעה שלך|הגיב/ה E להודעה שלך|أبدى التفاعل E على رسالتك|تفاعل باستخدام E مع رسالتك|أعجب برسالة
"""
_STORY_REACTION = """
Reacted E to your story|Reacted to your story with E|Reacted to your story: E|Liked your story
Reaccionó con E a tu historia|Reaccionó a tu historia con E|Le gustó tu historia
Reagiu com E ao seu story|Reagiu ao seu story com E|Reagiu ao seu story: E|Curtiu seu story
A réagi avec E à votre story|A réagi à votre story avec E|A réagi à votre story : E|A aimé votre story
Hat mit E auf deine Story reagiert|Hat auf deine Story mit E reagiert|Hat auf deine Story reagiert: E
Gefällt deine Story
Ha reagito con E alla tua storia|Ha reagito alla tua storia con E|Ha messo Mi piace alla tua storia
Heeft met E gereageerd op je verhaal|Heeft met E op je verhaal gereageerd
Reagerade med E på din händelse|Zareagował(a) E na Twoją relację|Hikayene E ifadesini bıraktı
Reacted E to X's story|Reacted to X's story with E
"""
_ATTACHMENT = """
sent an attachment|You sent an attachment|sent a photo|sent a video|sent a voice message|sent a GIF|sent a sticker
You sent a photo|You sent a video|You sent a voice message|sent a link|You sent a link|sent a post|sent a reel
shared a post|shared a reel|You shared a post|sent a location|You sent a GIF
envió un archivo adjunto|Enviaste un archivo adjunto|ha enviado un archivo adjunto|Has enviado un archivo adjunto
envió un adjunto|Enviaste un adjunto|envió una foto|envió un video|envió un mensaje de voz|mandó un archivo adjunto
enviou um anexo|Você enviou um anexo|Enviaste um anexo|enviou uma foto|enviou um vídeo|enviou uma mensagem de voz
a envoyé une pièce jointe|Vous avez envoyé une pièce jointe|Tu as envoyé une pièce jointe|a envoyé une photo
a envoyé une vidéo|a envoyé un message vocal|hat einen Anhang gesendet|Du hast einen Anhang gesendet
hat einen Anhang geschickt|Du hast einen Anhang geschickt|hat ein Foto gesendet|hat ein Video gesendet
hat eine Sprachnachricht gesendet|ha inviato un allegato|Hai inviato un allegato|ha inviato una foto|ha inviato un video
ha inviato un messaggio vocale|heeft een bijlage verzonden|Je hebt een bijlage verzonden|heeft een bijlage gestuurd
Je hebt een bijlage gestuurd|heeft een foto gestuurd|heeft een video gestuurd|skickade en bilaga|Du skickade en bilaga
har skickat en bilaga|Du har skickat en bilaga|sendte en vedhæftet fil|Du sendte en vedhæftet fil
sendte et vedlegg|Du sendte et vedlegg|lähetti liitteen|Lähetit liitteen|wysłał(a) załącznik|wysłał załącznik
wysłała załącznik|Wysłano załącznik|Wysłałeś załącznik|Wysłałaś załącznik|bir ek gönderdi|Bir ek gönderdin
Bir ek gönderdiniz|eki gönderdi|odeslal(a) přílohu|Odeslali jste přílohu|poslal(a) přílohu|küldött egy mellékletet
mellékletet küldött|Küldtél egy mellékletet|a trimis un atașament|Ai trimis un atașament|έστειλε ένα συνημμένο
Στείλατε ένα συνημμένο|отправил(-а) вложение|отправил(а) вложение|Вы отправили вложение|надіслав(-ла) вкладення
Ви надіслали вкладення|mengirim lampiran|Anda mengirim lampiran|さんが添付ファイルを送信しました
が添付ファイルを送信しました|添付ファイルを送信しました|님이 첨부 파일을 보냈습니다|첨부 파일을 보냈습니다
שלח/ה קובץ מצורף|שלחת קובץ מצורף|أرسل مرفقًا|أرسلت مرفقًا
"""
_STORY_MENTION = """
mentioned you in their story|Mentioned you in their story|shared a story|You mentioned X in your story
added to their story
te mencionó en su historia|Te mencionó en su historia|mencionou você no story|mencionou você no próprio story
vous a mentionné dans sa story|vous a mentionné(e) dans sa story|t’a mentionné(e) dans sa story
hat dich in einer Story erwähnt|hat dich in seiner Story erwähnt|hat dich in ihrer Story erwähnt
ti ha menzionato nella sua storia|ti ha menzionato in una storia|heeft je genoemd in een verhaal
heeft je in hun verhaal genoemd
nämnde dig i sin händelse|oznaczył(a) Cię w swojej relacji|wspomniał(a) o Tobie w swojej relacji
hikayesinde senden bahsetti
"""
_CALL = """
started an audio call|started a video call|started a video chat|started an audio chat|You started an audio call
You started a video call|You started a video chat|You started an audio chat|Audio call ended|Video call ended
Video chat ended|Audio chat ended|missed your call|missed your audio call|missed your video call|missed a call
missed your video chat|missed an audio call|missed a video call|missed a video chat|You missed an audio call
You missed a video call|You missed a video chat|You missed a call|called you|You called X|Missed call
Missed audio call|Missed video call|ended the call|ended the video chat
inició una llamada|inició una llamada de audio|inició una videollamada|Iniciaste una llamada|Iniciaste una videollamada
Finalizó la llamada|Finalizó la videollamada|La llamada de audio finalizó|Perdiste una llamada|Perdiste una videollamada
iniciou uma ligação|iniciou uma chamada de áudio|iniciou uma chamada de vídeo|Chamada de vídeo encerrada
Chamada de áudio encerrada|a démarré un appel audio|a démarré un appel vidéo|Appel audio terminé|Appel vidéo terminé
Vous avez manqué un appel audio|Vous avez manqué un appel vidéo|hat einen Audioanruf gestartet
hat einen Videoanruf gestartet
hat einen Videochat gestartet|Audioanruf beendet|Videoanruf beendet|Videochat beendet|Du hast einen Anruf verpasst
Du hast einen Audioanruf verpasst|Du hast einen Videoanruf verpasst|ha iniziato una chiamata
ha iniziato una videochiamata
ha avviato una chiamata audio|ha avviato una videochiamata|Chiamata terminata|Videochiamata terminata
is een audiogesprek gestart|is een videochat gestart|Audiogesprek beëindigd|Videochat beëindigd
startade ett ljudsamtal|startade ett videosamtal|Videochatten avslutades|rozpoczął(ęła) połączenie audio
rozpoczął(-ęła) czat wideo|Czat wideo zakończony|sesli arama başlattı|görüntülü sohbet başlattı
Görüntülü sohbet sona erdi
"""
_AD_REPLY = """
replied to your ad|replied to an ad|You replied to an ad|responded to your ad|messaged you from your ad
started a chat from your ad|clicked your ad|respondió a tu anuncio|respondeu ao seu anúncio|a répondu à votre publicité
a répondu à votre pub|hat auf deine Werbeanzeige geantwortet|hat auf deine Anzeige geantwortet
ha risposto alla tua inserzione
heeft gereageerd op je advertentie|svarade på din annons|odpowiedział(a) na Twoją reklamę|reklamını yanıtladı
"""
_UNSENT = """
unsent a message|You unsent a message|eliminó un mensaje|Eliminaste un mensaje|cancelou o envio de uma mensagem
a annulé l’envoi d’un message|hat eine Nachricht zurückgezogen|hat eine Nachricht gelöscht
ha annullato l'invio di un messaggio
heeft een bericht ongedaan gemaakt|ångrade ett meddelande|cofnął(ęła) wysłanie wiadomości
bir mesajın gönderilmesini geri aldı
"""
_SYSTEM = """
named the group X|You named the group X|added X to the group|You added X to the group|left the group|You left the group
removed X from the group|You removed X from the group|created the group|You created the group|changed the group photo
changed the theme to X|You changed the theme to X|changed the chat theme|set the nickname for X to X
set your nickname to X
created a poll: X|voted for X in the poll|changed vote to X in the poll|This poll is no longer available
pinned a message
You pinned a message|turned on vanish mode|turned off vanish mode|You turned on vanish mode|You turned off vanish mode
You can now message and call each other|accepted your message request|You accepted the message request
can now message and call you|set the quick reaction to E|set the emoji to E|You set the quick reaction to E
nombró el grupo X|abandonó el grupo|hat die Gruppe verlassen|a quitté le groupe|ha lasciato il gruppo|saiu do grupo
Video unavailable|This message is no longer available|Message unavailable
"""
_TEXTS = {  # in the order in which they are asked
    "reaction": _REACTION,
    "story_reaction": _STORY_REACTION,
    "attachment": _ATTACHMENT,
    "story_mention": _STORY_MENTION,
    "call": _CALL,
    "ad_reply": _AD_REPLY,
    "unsent": _UNSENT,
    "system": _SYSTEM,
}
_EMOJI = r"(?P<emoji>(?:[0-9#*]\ufe0f?\u20e3|[^\w\s]){1,16})"
_EDITED = re.compile(r" \((?:edited|editado|editada|modifié|modifiée|bearbeitet|modificato|bewerkt|redigerad)\)\Z")
_E = re.compile(r"(?<![^\W_])E(?![A-Za-z])|(?<=に)E(?=[でと])")
_X = re.compile(r"\bX\b")
_MARKS = " \u200e\u200f\u202a\u202c"  # blanks and direction marks around a name

Patterns = tuple[frozenset[str], tuple[tuple[str, re.Pattern[str]], ...]]


@cache
def _patterns(after_name: bool) -> Patterns:
    """First words of the texts, and one pattern a kind; texts in small letters only stand after a name."""
    starts: set[str] = set()
    patterns: list[tuple[str, re.Pattern[str]]] = []
    for kind, block in _TEXTS.items():
        texts = [t for line in block.strip().split("\n") for t in line.split("|")]
        texts = [t for t in texts if after_name or not t[0].islower()]
        if after_name:
            texts += [t[0].lower() + t[1:] for t in texts if t[0].isupper() and t[0] != "E"]
        starts |= {_first_word(t) for t in texts}
        options = [f"(?:{_pattern(text, number)})" for number, text in enumerate(texts)]
        if options:
            patterns.append((kind, re.compile("|".join(options))))
    return frozenset(starts), tuple(patterns)


def _pattern(text: str, number: int) -> str:
    pattern = _X.sub(".{1,80}", re.escape(text))
    return _E.sub(lambda _: _EMOJI.replace("emoji", f"e{number}"), pattern, count=1)


def _first_word(text: str) -> str:
    """Up to the first blank; one sign for texts that begin with an emoji or are written without blanks."""
    word = text.split(" ", 1)[0]
    return word if word.isascii() and word != "E" else word[:1] if word != "E" else ""


def system_text(content: str, sender: str) -> tuple[str, str | None] | None:
    """Kind of a text that the app wrote (a key of the list above) and its emoji; None for a person's words."""
    if len(content) > LONGEST + len(sender):
        return None
    text, after_name = content, bool(sender) and content.startswith(sender)
    if after_name:
        text = text[len(sender) :]
    starts, patterns = _patterns(after_name)
    text = text.strip(_MARKS)
    word, _, rest = text.partition(" ")
    if rest and word.isascii() and word != "E" and word not in starts:
        return None  # nearly every message of a person
    text = text.rstrip(".。!")
    if not text or (_first_word(text) not in starts and text[0] < "\u2000"):
        return None
    for kind, pattern in patterns:
        if match := pattern.fullmatch(text):
            emoji = next((g for g in match.groups() if g), None)
            return kind, emoji or (HEART if "reaction" in kind else None)
    return None


def is_attachment_text(content: str, sender: str) -> bool:
    """For a message that carries media or a share: "<sender> <sent something, in a language we do not know>."."""
    if not sender or not content.startswith(sender) or not content.endswith((".", "。")):
        return False
    rest = content[len(sender) :]
    return len(rest) <= UNKNOWN_ATTACHMENT and "?" not in rest and rest.count(".") <= 1 and rest[:1] != ","


def without_edited(content: str) -> str | None:
    """The text of an edited message without the app's mark; None where it has none."""
    if not content.endswith(")"):
        return None
    cut = _EDITED.sub("", content)
    return cut if cut != content else None
