//! Lossless names: bytes outside the charset become private-use code points and go back unchanged.
