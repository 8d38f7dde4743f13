import { TCP_STATES, type TcpState } from '../model/socket.ts';

/**
 * The words for states: net-tools (`statistics.c`, `tcp_state[]`) and its translations (`po/`), iproute2
 * (`ss.c`, `sstate_name[]`), BSD and macOS (`tcp_fsm.h`), lsof, and Windows, whose words are translated too.
 */
const WORDS: Readonly<Record<TcpState, string>> = {
  established:
    'ESTABLISHED ESTAB ESTABLECIDO ESTABLECIDA ESTABELECIDA ESTABELECIDO VERBUNDEN HERGESTELLT SPOJENO ETABLERAD ESTABLERT CONNECTE CONNECTÉ STABILITO USTANOWIONO NAVÁZÁNO УСТАНОВЛЕНО',
  syn_sent: 'SYN_SENT SYN-SENT SYNSENT SYN_GESENDET SYN_ENVIADO ENVIADO_SYN',
  syn_recv: 'SYN_RECV SYN-RECV SYN_RCVD SYN_RECEIVED SYNRECV SYN_EMPFANGEN SYN_RECEBIDO',
  fin_wait1: 'FIN_WAIT1 FIN-WAIT-1 FIN_WAIT_1 FINWAIT1 ESPERA_FIN1 FIN_WARTEN_1',
  fin_wait2: 'FIN_WAIT2 FIN-WAIT-2 FIN_WAIT_2 FINWAIT2 ESPERA_FIN2 FIN_WARTEN_2',
  time_wait: 'TIME_WAIT TIME-WAIT TIMEWAIT TIEMPO_ESPERA TEMPS WARTEND',
  close: 'CLOSE CLOSED CERRADO FECHAR ZAVŘEN STÄNG TANCA',
  close_wait: 'CLOSE_WAIT CLOSE-WAIT CLOSEWAIT ESPERANDO_FECHAR STÄNG_VÄNTA SCHLIESSEN_WARTEN',
  last_ack: 'LAST_ACK LAST-ACK LASTACK ÚLTIMO_ACK LETZTES_ACK',
  listen:
    'LISTEN LISTENING ESCUCHAR ESCUCHANDO OUÇA ESCOLTA ABHÖREN NASLOUCHÁ LYSSNAR NASŁUCHIWANIE',
  closing: 'CLOSING FECHANDO ZAVÍRÁ STÄNGER TANCAMENT',
};

const STATES: ReadonlyMap<string, TcpState> = new Map(
  TCP_STATES.flatMap((state) => WORDS[state].split(' ').map((word) => [word, state] as const)),
);

/** The state that a tool's word names, in any language known here; `null` for another word. */
export function stateOfWord(word: string): TcpState | null {
  return STATES.get(word.toUpperCase()) ?? null;
}
