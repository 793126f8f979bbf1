require (
 a v1
replace =>
"`x
