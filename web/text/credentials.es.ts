// The sentences about credentials in Spanish; web/text/es.ts takes them in.
import type { credentialsEn } from './credentials.en.ts'

export const credentialsEs: Record<keyof typeof credentialsEn, string> = {
  'credentials.title': 'Credenciales',
  'credentials.body':
    'Tokens para servidores git y registros. El servidor los añade a las peticiones a su dirección; los espacios nunca los tienen.',
  'credentials.add': 'Añadir una credencial',
  'credentials.add.body':
    'Un token de GitHub va a https://github.com/; el de un registro privado, a la dirección del registro.',
  'credentials.address': 'Dirección',
  'credentials.address.hint':
    'Va a las direcciones que empiezan así, y a ninguna otra. El servidor tiene que estar en la lista de salida.',
  'credentials.secret': 'Token o contraseña',
  'credentials.username': 'Usuario (opcional)',
  'credentials.username.hint': 'Solo donde la contraseña es de uno. Los tokens suelen ir sin él.',
  'credentials.who': 'Para',
  'credentials.who.all': 'Todos mis espacios',
  'credentials.who.everyone': 'Todas las personas de este servidor',
  'credentials.may': 'Puede',
  'credentials.may.read': 'Leer',
  'credentials.may.write': 'Leer, push y publicar',
  'credentials.everyone': 'Todos',
  'credentials.only': 'Solo {name}',
  'credentials.reads': 'Lee',
  'credentials.writes': 'Lee y escribe',
  'credentials.as': 'como {name}',
  'credentials.fingerprint': 'Huella {print}',
  'credentials.remove': 'Quitar',
  'credentials.remove.named': 'Quitar la credencial de {address}',
  'credentials.remove.title': '¿Olvidar la credencial de {address}?',
  'credentials.remove.body':
    'Los espacios ya no podrán entrar allí. El token sigue vivo hasta que lo revoques en su sitio.',
}
