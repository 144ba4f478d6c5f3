//! The shop's signing key, and the staff tokens that it signs for developers and tests.
//!
//! Knows ES256 and the claims that the functions verify. On AWS only the sign-in function signs; here the engine owns
//! the key, so that `cargo shop token` can hand out what a sign-in would.

use data_encoding::{BASE64, HEXLOWER};
use domain::id::PersonId;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How long a token lives, in seconds: what a sign-in's does.
const LIFE_S: i64 = 15 * 60;

/// The bytes before the point in a P-256 public key's SubjectPublicKeyInfo (RFC 5480).
const SPKI_P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// A key that cannot be made or read, or does not sign.
#[derive(Debug, thiserror::Error)]
#[error("the signing key: {0}")]
pub struct KeyError(String);

/// The signing key.
pub struct SigningKey {
    /// PKCS#8.
    der: Vec<u8>,
    public: Vec<u8>,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self, KeyError> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| KeyError("none could be made".to_owned()))?;
        Self::read(made.as_ref().to_vec())
    }

    /// A key from its PKCS#8 bytes.
    ///
    /// # Errors
    /// When they are none.
    pub fn read(der: Vec<u8>) -> Result<Self, KeyError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &SystemRandom::new())
            .map_err(|error| KeyError(error.to_string()))?;
        let public = pair.public_key().as_ref().to_vec();
        Ok(Self { der, public })
    }

    /// Its PKCS#8 bytes.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its name: made of the public key.
    pub fn kid(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.public)[..8])
    }

    /// The private key as the parameter store holds it: `{"kid": .., "pem": ..}`.
    pub fn secret(&self) -> String {
        json!({ "kid": self.kid(), "pem": self.private_pem() }).to_string()
    }

    /// The private key as PEM.
    fn private_pem(&self) -> String {
        pem("PRIVATE KEY", &self.der)
    }

    /// What the template's PublicKeys parameter lists: `[{"kid": .., "pem": ..}]`.
    pub fn public_list(&self) -> String {
        let spki = [SPKI_P256.as_slice(), &self.public].concat();
        json!([{ "kid": self.kid(), "pem": pem("PUBLIC KEY", &spki) }]).to_string()
    }

    /// Signs claims.
    ///
    /// # Errors
    /// When they cannot be signed.
    pub fn sign(&self, claims: &Value) -> Result<String, KeyError> {
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.kid());
        let key =
            EncodingKey::from_ec_pem(self.private_pem().as_bytes()).map_err(|error| KeyError(error.to_string()))?;
        edge::es256::install();
        jsonwebtoken::encode(&header, claims, &key).map_err(|error| KeyError(error.to_string()))
    }

    /// A staff token for a role, whose person is always the same.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn staff(&self, role: &str, email: &str, issuer: &str, now: Timestamp) -> Result<String, KeyError> {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Sha256::digest(role.as_bytes())[..16]);
        self.sign(&json!({
            "sub": PersonId::from_uuid(uuid::Uuid::from_bytes(bytes)).to_string(),
            "email": email,
            "aud": "staff",
            "role": role,
            "iss": issuer,
            "iat": now.as_second(),
            "exp": now.as_second() + LIFE_S,
        }))
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let encoded = BASE64.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in encoded.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::{DecodingKey, Validation};

    #[test]
    fn a_token_is_verified_with_the_public_key_alone() {
        let key = SigningKey::new().unwrap();
        let again = SigningKey::read(key.der().to_vec()).unwrap();
        assert_eq!(key.kid(), again.kid());
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let token = key.staff("owner", "owner@example.com", "http://shop", now).unwrap();
        let listed: Value = serde_json::from_str(&key.public_list()).unwrap();
        let public = DecodingKey::from_ec_pem(listed[0]["pem"].as_str().unwrap().as_bytes()).unwrap();
        let mut rules = Validation::new(Algorithm::ES256);
        rules.set_audience(&["staff"]);
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Value>(&token, &public, &rules).unwrap().claims;
        assert_eq!(claims["role"], "owner");
        assert_eq!(jsonwebtoken::decode_header(&token).unwrap().kid, Some(key.kid()));
    }
}
